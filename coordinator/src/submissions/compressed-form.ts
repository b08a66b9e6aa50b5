import type { CompressedForm } from '@tributary/protocols/compression'
import { manifestOf, type TaskFile, updateManifestOf } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'

/** What a task's sealed updates stand for, where its clients compress them. */
export const compressedFormOf = (
  file: Pick<TaskFile, 'model' | 'privacy' | 'strategy' | 'compression'>,
): CompressedForm | undefined => {
  const { compression, model } = file
  if (!compression) return undefined
  const length = totalElements(manifestOf(model))
  return { compression, length, beside: totalElements(updateManifestOf(file)) - length }
}
