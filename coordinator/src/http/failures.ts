/** From anything thrown on a request's way to the problem it is answered with. */
import type { FastifyError, FastifyRequest } from 'fastify'
import { StoppingError } from '../faults/stopping.ts'
import { LeaseLostError, StorageError, TooLargeError } from '../faults/storage.ts'
import { type Denial, DeniedError } from './problem.ts'
import { denialOfValidation, isValidationError } from './validation.ts'

/** `fault`: the world or the program broke, and an operator should know. */
export type Failure = { denial: Denial; fault: boolean }

/** A part of the address is no name that there could be. */
export const TOO_LONG = {
  word: 'uri-too-long',
  detail: 'A part of the address is longer than any name here can be.',
} as const satisfies Denial

export const failureOf = (error: unknown, request: FastifyRequest): Failure => {
  if (error instanceof DeniedError) return { denial: error.denial, fault: false }
  if (isValidationError(error)) return { denial: denialOfValidation(error, request), fault: false }
  if (error instanceof TooLargeError) return { denial: tooLarge(error.maxBytes), fault: false }
  if (error instanceof StorageError) return { denial: storageDenial(error, request), fault: true }
  if (error instanceof LeaseLostError) return { denial: NOBODY_DRIVES, fault: true }
  if (error instanceof StoppingError) return { denial: STOPPING, fault: false }
  if (isFastifyError(error) && error.statusCode !== undefined && error.statusCode < 500)
    return { denial: frameworkDenial(error, error.statusCode, request), fault: false }
  return { denial: internal(request), fault: true }
}

export const STOPPING: Denial & { word: 'unavailable' } = {
  word: 'unavailable',
  detail: 'The coordinator is shutting down. Try again in a moment.',
}

export const tooLarge = (maxBytes: number): Denial => ({
  word: 'too-large',
  detail: `The body is larger than the ${maxBytes} bytes allowed here.`,
  about: { maxBytes },
})

const NOBODY_DRIVES: Denial = {
  word: 'unavailable',
  detail:
    'No coordinator process drives this task at the moment. Try again: another takes over within seconds.',
}

const storageDenial = (error: StorageError, request: FastifyRequest): Denial =>
  error.full
    ? {
        word: 'storage-full',
        detail: 'The coordinator has no space left to store this. Try again when an operator has made room.',
      }
    : {
        word: 'unavailable',
        detail: `The coordinator's storage did not answer. Try again; if it stays, tell an operator request ${request.id}.`,
        about: { request: request.id },
      }

/** Fastify's own messages can quote the request; these do not. */
const frameworkDenial = (error: FastifyError, status: number, request: FastifyRequest): Denial => {
  switch (status) {
    case 404:
      return { word: 'not-found', detail: 'There is nothing at this address.' }
    case 408:
      return { word: 'request-timeout', detail: 'The request did not come in time. Send it again.' }
    case 413:
      return tooLarge(request.routeOptions.bodyLimit)
    case 414:
      return TOO_LONG
    case 415:
      return {
        word: 'unsupported-media-type',
        detail: `This address does not take ${request.headers['content-type'] ? 'that content type' : 'a body without a content type'}. JSON is application/json, weights and updates are application/octet-stream.`,
      }
    default:
      return { word: 'invalid', detail: detailOf(error) }
  }
}

const detailOf = (error: FastifyError): string => {
  switch (error.code) {
    case 'FST_ERR_BAD_URL':
      return 'The address is not well-formed: check its % escapes.'
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return 'The body has not as many bytes as Content-Length says.'
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return 'The body is not JSON.'
    default:
      return error instanceof SyntaxError ? 'The body is not JSON.' : 'The request is not well-formed.'
  }
}

const internal = (request: FastifyRequest): Denial => ({
  word: 'internal',
  detail: `The coordinator could not do this because of a fault of its own. Tell an operator request ${request.id}.`,
  about: { request: request.id },
})

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'statusCode' in error
