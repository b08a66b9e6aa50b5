import type { Assignment } from '../../task/assignment.ts'
import type { Compression } from '../../task/compression.ts'
import { manifestOf } from '../../task/plain-model.ts'
import type { TaskFile } from '../../task/task-file.ts'
import { updateManifestOf } from '../../task/update-manifest.ts'
import { totalElements } from '../../tensors/index.ts'

/** What a compressed update stands for: `length` values of a delta, and behind them `beside` that are sent as they are. */
export type CompressedForm = { compression: Compression; length: number; beside: number }

/** What sealed updates of a task stand for, where its clients compress them. `of` has the tensors that travel and no others (`travelling`). */
export const compressedFormOf = (
  of: Pick<Assignment | TaskFile, 'model' | 'privacy' | 'strategy' | 'compression'>,
): CompressedForm | undefined => {
  const { compression, model } = of
  if (!compression) return undefined
  const length = totalElements(manifestOf(model))
  return { compression, length, beside: totalElements(updateManifestOf(of)) - length }
}
