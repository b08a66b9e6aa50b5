/** Errors of the worker's side, as they pass and as the app sees them. */
import { messageOf, TributaryError } from '../tributary-error.ts'
import { type Fault, FaultCode } from './messages.ts'

export const faultOf = (error: unknown): Fault => {
  const code = error instanceof TributaryError ? FaultCode.safeParse(error.code) : undefined
  if (!(error instanceof TributaryError) || !code?.success) return { message: messageOf(error) }
  const { remedy, message } = error
  const end = `. ${remedy}.`
  return {
    message: message.endsWith(end) ? message.slice(0, -end.length) : message,
    known: { code: code.data, remedy },
  }
}

/** The trainer's own errors have the code that they had there. */
export const errorOf = ({ message, known }: Fault): Error =>
  known ? new TributaryError({ ...known, problem: message }) : new Error(message)

export const workerFailed = (problem: string, cause?: unknown) =>
  new TributaryError(
    {
      code: 'worker-failed',
      problem,
      remedy: 'Look at the worker’s file and its console; what is asked next starts another worker',
    },
    cause === undefined ? undefined : { cause },
  )
