import type { ModelVersion } from '@tributary/protocols'
import { carriedByClients, type TaskFile } from '@tributary/protocols/task'
import type { BlobRef } from '../ports/blobs.ts'
import type { ModelRecord } from '../ports/records.ts'

/**
 * What clients that keep a vector from round to round have to know of a round that trains from this version: since which version the
 * strategy has gone on without a break, so that nothing of before counts, and the server's control variate where it has one that is not zero.
 */
export const carriedFrom = (
  { strategy }: Pick<TaskFile, 'strategy'>,
  { version, origin }: Pick<ModelRecord, 'version' | 'origin'>,
): { since: ModelVersion; control?: BlobRef } | undefined => {
  const name = carriedByClients(strategy)
  if (!name) return undefined
  const state = origin.kind === 'round' ? origin.state : undefined
  return {
    since: state?.since ?? version,
    ...(name === 'scaffold' && state?.vectors && { control: state.vectors }),
  }
}
