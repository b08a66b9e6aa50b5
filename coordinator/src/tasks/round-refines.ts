import { type ModelVersion, numberOfRound } from '@tributary/protocols'
import { refiningOf, type TaskFile } from '@tributary/protocols/task'
import type { Refines, Round } from '../round/round.ts'

/**
 * What a task's next round refines, if it is not one in which clients train. That follows from the rounds alone: those that refine a round follow it
 * without a gap, one is abandoned and clients train anew. So do they where another version than the latest round's has come in between.
 */
export const nextRefines = (
  file: Pick<TaskFile, 'strategy'>,
  latest: Round | undefined,
  newest?: ModelVersion,
): Refines | undefined => {
  const refining = refiningOf(file.strategy)
  if (!refining || latest?.phase !== 'completed') return undefined
  if (newest !== undefined && newest !== latest.version.version) return undefined
  const first = latest.refines?.round ?? latest.id
  const sums = latest.number - numberOfRound(first) + 1
  return sums < refining.steps ? { round: first, clients: latest.tally.received } : undefined
}
