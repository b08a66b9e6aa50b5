/** Apart from the schemas: who reads problems needs no zod. */

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

const TYPE_PREFIX = 'urn:tributary:problem:'

export const problemType = (word: string): string => `${TYPE_PREFIX}${word}`

/** The reason word of a problem, `undefined` where it is not one of Tributary's. */
export const problemWord = (problem: { type: string }): string | undefined =>
  problem.type.startsWith(TYPE_PREFIX) ? problem.type.slice(TYPE_PREFIX.length) : undefined
