/** Requests go through zod schemas; what does not fit is told with every mistake of every part of the request. */
import { mistakesOf } from '@tributary/protocols/rest'
import type { FastifyRequest, FastifySchemaCompiler } from 'fastify'
import * as z from 'zod'
import type { Mistake } from '../refusal.ts'
import type { Denial } from './problem.ts'

/** Fastify hands `null` for a body that did not come; the schemas say what that means as `undefined`. */
export const validatorCompiler: FastifySchemaCompiler<z.core.$ZodType> =
  ({ schema, httpPart }) =>
  (value: unknown) => {
    const parsed = z.safeParse(schema, httpPart === 'body' && value === null ? undefined : value)
    return parsed.success ? { value: parsed.data } : { error: parsed.error }
  }

/** Where the parts stand on a request, in the order Fastify checks them, and what their paths begin with. */
const PARTS = [
  { part: 'params', under: ['path'], read: (request: FastifyRequest) => request.params },
  { part: 'body', under: [], read: (request: FastifyRequest) => request.body ?? null },
  { part: 'querystring', under: ['query'], read: (request: FastifyRequest) => request.query },
  { part: 'headers', under: ['headers'], read: (request: FastifyRequest) => request.headers },
] as const

export const isValidationError = (
  error: unknown,
): error is z.core.$ZodError & { validationContext: string } =>
  error instanceof z.core.$ZodError && 'validationContext' in error

/** Fastify stops at the first part that does not fit; the parts after it are checked here, so that all is told at once. */
export const denialOfValidation = (
  error: z.core.$ZodError & { validationContext: string },
  request: FastifyRequest,
): Denial => {
  const failed = PARTS.findIndex(({ part }) => part === error.validationContext)
  const mistakes = PARTS.flatMap(({ part, under, read }, at): Mistake[] => {
    if (at < failed) return []
    if (at === failed) return mistakesOf(error, under)
    const checked: unknown = request.getValidationFunction(part)?.(read(request))
    return hasZodError(checked) ? mistakesOf(checked.error, under) : []
  })
  return { word: 'invalid', detail: summary(mistakes), mistakes }
}

const hasZodError = (checked: unknown): checked is { error: z.core.$ZodError } =>
  typeof checked === 'object' &&
  checked !== null &&
  'error' in checked &&
  checked.error instanceof z.core.$ZodError

const summary = (mistakes: readonly Mistake[]): string => {
  const [first] = mistakes
  if (mistakes.length !== 1 || !first) return `The request has ${mistakes.length} mistakes; see mistakes.`
  return first.path === '' ? first.message : `${first.path}: ${first.message}`
}
