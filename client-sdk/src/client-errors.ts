/** What the participation tells, as the errors that an app sees. */
import { unreachable } from '@tributary/protocols'
import type { ParticipantNotice, StopReason } from './participation/index.ts'
import { messageOf, TributaryError } from './tributary-error.ts'

export const stopError = (reason: StopReason, detail: string): TributaryError => {
  const said = detail === '' ? '' : ` (${detail})`
  switch (reason) {
    case 'unknown-client':
      return new TributaryError({
        code: 'not-enrolled',
        problem: `the coordinator does not know this client${said}`,
        remedy: 'Call enrol(token) with an enrolment token from the coordinator’s operator, then join again',
      })
    case 'revoked-client':
      return new TributaryError({
        code: 'revoked',
        problem: `this client has been revoked${said}`,
        remedy: 'It does not come back: ask the operator, and enrol as a new one',
      })
    case 'bad-signature':
      return new TributaryError({
        code: 'bad-signature',
        problem: `the coordinator did not accept this client’s signature${said}`,
        remedy: 'Check that this is not the key store of another client',
      })
    case 'unsupported-protocol':
      return new TributaryError({
        code: 'unsupported-protocol',
        problem: `this client and the coordinator have no protocol version in common${said}`,
        remedy: 'Update whichever of the two is older',
      })
    case 'unknown-task':
      return new TributaryError({
        code: 'unknown-task',
        problem: `the coordinator has no such task${said}`,
        remedy: 'Check the task’s id, or create the task first',
      })
    case 'untrusted-coordinator':
      return new TributaryError({
        code: 'untrusted-coordinator',
        problem: `another coordinator has answered than the one that this client has pinned${said}`,
        remedy:
          'Check the address; where its key was lost, give the new one as `coordinatorKey`, and enrol again',
      })
    case 'replaced':
      return new TributaryError({
        code: 'replaced',
        problem: `another line with this client’s identity has taken over${said}`,
        remedy: 'Run one client an identity: another tab or process has the same key store',
      })
    default:
      return unreachable(reason)
  }
}

/** Nobody has answered at this address since the client joined. */
export const unreachedError = (address: string): TributaryError =>
  new TributaryError({
    code: 'unreachable',
    problem: `no coordinator has answered at ${address} yet`,
    remedy: 'It is tried again by itself. Check the address, that the coordinator runs, and the network',
  })

type BadNotice = Extract<ParticipantNotice, { type: 'stopped' | 'problem' | 'malformed' | 'fault' }>

/** A notice of something that went wrong, as an error. */
export const noticeError = (notice: BadNotice): TributaryError => {
  switch (notice.type) {
    case 'stopped':
      return stopError(notice.reason, notice.detail)
    case 'problem':
      return new TributaryError({
        code: notice.code,
        problem: notice.detail,
        remedy: remedyOf(notice.code),
      })
    case 'malformed':
      return new TributaryError({
        code: 'bad-answer',
        problem: `the coordinator sent what is no message: ${notice.detail}`,
        remedy: 'Check that client and coordinator are of the same release',
      })
    case 'fault':
      return faultError(notice)
    default:
      return unreachable(notice)
  }
}

const remedyOf = (code: Extract<BadNotice, { type: 'problem' }>['code']): string => {
  switch (code) {
    case 'model-not-fetched':
      return 'The next version will be fetched when it is published'
    case 'untrusted-model':
      return 'The event evidence holds what was said. Ask the coordinator’s operator whether its key has changed; check `coordinatorKey`'
    case 'session-left':
      return 'The event evidence holds what the coordinator said'
    case 'refused-message':
      return 'Check that client and coordinator are of the same release'
    default:
      return unreachable(code)
  }
}

const faultError = ({ during, error }: Extract<ParticipantNotice, { type: 'fault' }>): TributaryError => {
  if (error instanceof TributaryError) return error
  const problem = messageOf(error).replace(/\.$/, '')
  switch (during) {
    case 'train':
      return new TributaryError(
        { code: 'training-failed', problem: `training failed: ${problem}`, remedy: 'See the cause' },
        { cause: error },
      )
    case 'ask':
      return new TributaryError(
        {
          code: 'listener-failed',
          problem: `onInvitation failed: ${problem}`,
          remedy: 'See the cause; the invitation was declined',
        },
        { cause: error },
      )
    default:
      return new TributaryError(
        { code: 'unreachable', problem: `${during} failed: ${problem}`, remedy: 'It is tried again' },
        { cause: error },
      )
  }
}
