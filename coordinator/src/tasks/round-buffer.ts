import type { ModelVersion } from '@tributary/protocols'
import type { TaskFile } from '@tributary/protocols/task'
import { type Buffering, leftAtWorkBy, type Round } from '../round/round.ts'

/**
 * Of a buffered task: whom its next round takes over. That follows from the latest round alone; of a coordinator that was restored from a backup
 * nobody is, since no backup holds the keys that their updates are sealed to. A version from outside begins a new line.
 */
export const nextBuffering = (
  { mode }: Pick<TaskFile, 'mode'>,
  latest: Round | undefined,
  newest: ModelVersion,
): Buffering | undefined => {
  if (mode.kind !== 'buffered') return undefined
  if (!latest?.buffer || (latest.phase === 'abandoned' && latest.reason === 'restored'))
    return { since: newest }
  const made = latest.phase === 'completed' ? latest.version.version : latest.base.version
  const follows = leftAtWorkBy(latest)
  return { ...(follows && { follows }), since: newest === made ? latest.buffer.since : newest }
}
