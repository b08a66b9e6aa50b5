/** Before anything that depends on the data leaves this device: what the app insists on, and how often it has taken part. */
import { numberOfRound, type TaskId } from '@tributary/protocols'
import type { FailureReason, Invitation } from '@tributary/protocols/messages'
import { admit, type DifferentialPrivacySpec, ParticipationRecord } from '@tributary/protocols/privacy'
import type { Expectation, Manifest } from '@tributary/protocols/secagg'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { LoadedModel } from './load-model.ts'
import { expectationOf, type PrivacyOptions } from './privacy-options.ts'
import { roundClipOf } from './round-clip.ts'

export type Protection =
  | {
      kind: 'sealed'
      noise: DifferentialPrivacySpec
      /** What the round clips to, where the task promises anything. */
      clipNorm?: number
    }
  | { kind: 'secure'; manifest: Manifest; expected: Expectation }
  | { kind: 'failed'; reason: FailureReason; detail: string }

/** Says how the update of this round is to be protected, and has written down that this client takes part, or why it does not. */
export const protect = async (
  {
    task,
    privacy,
    participations,
  }: { task: TaskId; privacy?: PrivacyOptions; participations: ParticipationStore },
  { invitation, model }: { invitation: Invitation; model: LoadedModel },
): Promise<Protection> => {
  const { assignment } = model
  const expectation = expectationOf({ invitation, assignment }, privacy)
  if (expectation.kind === 'refused') return failed('privacy-floor', expectation.why)
  const clip = roundClipOf({ invitation, assignment }, privacy?.clipNorm)
  if (clip.kind === 'refused') return failed('privacy-floor', clip.why)
  const noise = assignment.privacy?.differentialPrivacy ?? { mechanism: 'none' }
  if (noise.mechanism !== 'none') {
    const saved = ParticipationRecord.safeParse((await participations.load(task)) ?? NEVER)
    if (!saved.success)
      return failed(
        'participation-limit',
        'how often this client has taken part cannot be read: it takes part no more',
      )
    const record = saved.data
    const admission = admit(record, numberOfRound(invitation.round), noise.participation)
    if (admission.kind === 'refused')
      return failed(
        'participation-limit',
        `this client has taken part ${record.times} times: ${admission.reason}`,
      )
    await participations.save(task, admission.record)
  }
  if (expectation.kind === 'sealed')
    return { kind: 'sealed', noise, ...(clip.kind === 'clip' && { clipNorm: clip.clipNorm }) }
  const { manifest } = invitation
  return manifest
    ? { kind: 'secure', manifest, expected: expectation.expected }
    : failed('privacy-floor', 'the invitation commits to nothing')
}

const NEVER: ParticipationRecord = { times: 0, last: null }

const failed = (reason: FailureReason, detail: string): Protection => ({ kind: 'failed', reason, detail })
