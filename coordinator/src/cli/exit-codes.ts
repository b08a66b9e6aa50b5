import { ConfigError } from '../config.ts'
import { RestProblem, StrangeAnswerError, UnreachableError } from '../rest-client/rest-client.ts'

export const EXIT = {
  done: 0,
  failed: 1,
  wrongLine: 2,
  notAllowed: 3,
  notFound: 4,
  conflict: 5,
  unreachable: 6,
  /** As shells have it for SIGINT. */
  interrupted: 130,
} as const

/** For the list of commands and the documentation. */
export const EXIT_USAGE = `Exit codes: 0 done; 1 it failed, or found something wrong; 2 the command line or a setting is wrong; 3 not signed in, or not
allowed; 4 there is no such thing; 5 the state of things does not allow it; 6 the coordinator cannot be reached; 130 interrupted.
`

/** There is no token, and the command needs one. */
export class NotSignedInError extends Error {
  override name = 'NotSignedInError'
}

/** The command was ended by Ctrl-C. */
export class InterruptedError extends Error {
  override name = 'InterruptedError'
}

export const exitCodeOf = (error: unknown): number => {
  if (error instanceof ConfigError) return EXIT.wrongLine
  if (error instanceof NotSignedInError) return EXIT.notAllowed
  if (error instanceof InterruptedError) return EXIT.interrupted
  if (error instanceof UnreachableError || error instanceof StrangeAnswerError) return EXIT.unreachable
  return error instanceof RestProblem ? exitCodeOfStatus(error.status) : EXIT.failed
}

const exitCodeOfStatus = (status: number): number => BY_STATUS[status] ?? EXIT.failed

const BY_STATUS: Readonly<Record<number, number>> = {
  401: EXIT.notAllowed,
  403: EXIT.notAllowed,
  404: EXIT.notFound,
  410: EXIT.notFound,
  409: EXIT.conflict,
  422: EXIT.conflict,
  429: EXIT.unreachable,
  503: EXIT.unreachable,
}
