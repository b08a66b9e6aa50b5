/** A text that must not be printed: logs, errors and JSON show nothing of it. */
export type Secret = { reveal(): string }

export const secretOf = (text: string): Secret => ({ reveal: () => text })
