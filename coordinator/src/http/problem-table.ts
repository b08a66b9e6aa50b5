import type { RefusalWord } from '../refusal.ts'

/** What only HTTP itself can refuse, beside the words the services have. */
export type HttpWord =
  | 'csrf'
  | 'too-many-requests'
  | 'method-not-allowed'
  | 'unsupported-media-type'
  | 'range-not-satisfiable'
  | 'request-timeout'
  | 'uri-too-long'
  | 'headers-too-large'
  | 'internal'

export type ProblemWord = RefusalWord | HttpWord

/** The status and title of every problem. What tokens allow is 403: another token would be needed, not another try. */
export const PROBLEMS: Readonly<Record<ProblemWord, { status: number; title: string }>> = {
  invalid: { status: 400, title: 'The request has mistakes' },
  unauthenticated: { status: 401, title: 'Authentication is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  csrf: { status: 403, title: 'Not from a page of this console' },
  'not-invited': { status: 403, title: 'Not invited to this round' },
  'token-spent': { status: 403, title: 'The token has no uses left' },
  'token-expired': { status: 403, title: 'The token has expired' },
  'bad-signature': { status: 403, title: 'The signature does not hold' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'request-timeout': { status: 408, title: 'The request took too long' },
  'already-exists': { status: 409, title: 'It exists already' },
  'last-admin': { status: 409, title: 'It is the last admin token' },
  'round-open': { status: 409, title: 'A round is open' },
  'round-over': { status: 409, title: 'The round is over' },
  'no-model': { status: 409, title: 'The task has no model yet' },
  'privacy-budget': { status: 409, title: 'The privacy budget does not allow it' },
  'limit-reached': { status: 409, title: 'There are as many as there may be' },
  'task-not-active': { status: 409, title: 'The task is not active' },
  'wrong-model': { status: 409, title: 'The update is for another model' },
  gone: { status: 410, title: 'No longer kept' },
  'too-large': { status: 413, title: 'Too large' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'range-not-satisfiable': { status: 416, title: 'Range not satisfiable' },
  'idempotency-mismatch': { status: 422, title: 'The idempotency key came with another request' },
  'wrong-round': { status: 422, title: 'The update is for another round' },
  'wrong-client': { status: 422, title: 'The update is of another client' },
  'wrong-digest': { status: 422, title: 'The bytes are not those announced' },
  'not-openable': { status: 422, title: 'The envelope does not open' },
  'bad-vector': { status: 422, title: 'The masked vector is not one of this round' },
  'wrong-claims': { status: 422, title: 'The update claims what this round does not take' },
  'bad-compression': { status: 422, title: 'The update is not compressed as the task says' },
  'bad-tensors': { status: 422, title: 'The tensors do not fit the model' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong here' },
  'storage-full': { status: 503, title: 'Storage is full' },
  unavailable: { status: 503, title: 'Not available at present' },
}
