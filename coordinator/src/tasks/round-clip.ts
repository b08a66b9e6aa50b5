import { followingOf } from '@tributary/protocols/secure-round'
import type { TaskFile } from '@tributary/protocols/task'
import type { Round } from '../round/round.ts'

/**
 * What a task's next round clips to, where that follows the clients. It is state of the rounds themselves: a completed one holds the next
 * one's, in the commit that makes its version; one that was abandoned changed nothing. Versions that were imported or rolled back to are no rounds:
 * the clip stays the latest, since it follows the clients and not the weights.
 */
export const nextRoundClip = (file: TaskFile, latest: Round | undefined): number | undefined => {
  const following = followingOf(file)
  if (!following) return undefined
  const known = latest?.phase === 'completed' ? latest.nextClip : latest?.clip
  return known ?? following.first
}
