/** How long a client's delta may be in a round. */
import type { Invitation } from '@tributary/protocols/messages'
import { type Assignment, hasSealedVote } from '@tributary/protocols/task'
import type { PrivacyOptions } from './privacy-options.ts'

/**
 * The norm that this round clips deltas to (L2): the task's, or that of the round where it follows the clients; `none` where nothing is
 * promised of it. Refused where the round says something else than the task, or what the app does not take part in.
 */
export const roundClipOf = (
  { invitation, assignment }: { invitation: Invitation; assignment: Assignment },
  bounds: PrivacyOptions['clipNorm'] = {},
): { kind: 'none' } | { kind: 'clip'; clipNorm: number } | { kind: 'refused'; why: string } => {
  const noise = assignment.privacy?.differentialPrivacy ?? { mechanism: 'none' }
  const follows = hasSealedVote(assignment.privacy)
  const { clipNorm: told, manifest } = invitation
  if (follows && told === undefined)
    return refused('the task clips to a norm that follows its clients, and the invitation names none')
  if (!follows && told !== undefined)
    return refused('the invitation names a norm to clip to, and that of the task is fixed')
  if (noise.mechanism === 'none') return { kind: 'none' }
  const promise = manifest?.privacy
  const clipNorm =
    told ?? (promise && promise.mechanism !== 'none' ? promise.maxNorm : noise.clipping.clipNorm)
  const { least = 0, most = Number.POSITIVE_INFINITY } = bounds
  if (clipNorm < least || clipNorm > most)
    return refused(`the round clips to ${clipNorm}, and this app takes part in ${least} to ${most}`)
  return { kind: 'clip', clipNorm }
}

const refused = (why: string) => ({ kind: 'refused', why }) as const
