/** Apart from the schemas: who sends it needs no zod. */
export const CSRF_HEADER = 'x-csrf-token'
