import { compressedFormOf, mostCompressedBytes } from '@tributary/protocols/compression'
import { sealedBytes } from '@tributary/protocols/crypto'
import type { TaskCheckView } from '@tributary/protocols/rest'
import { maskedVectorBytes } from '@tributary/protocols/secure-round'
import {
  assignmentOf,
  encodeAssignment,
  manifestOf,
  type TaskFile,
  travelling,
  updateManifestOf,
} from '@tributary/protocols/task'
import { safetensorsBytes, totalBytes, totalElements } from '@tributary/protocols/tensors'

/**
 * How large a task is: the parameters that its clients train, and what a client that has nothing yet receives and sends in a round: weights, assignment,
 * the frozen part and SCAFFOLD's control variate; its sealed update, where compression leaves a choice the largest. Messages on the line are not in it.
 */
export const sizeOfTask = (file: TaskFile): NonNullable<TaskCheckView['size']> => {
  const manifest = manifestOf(file.model)
  const assignment = assignmentOf(file)
  const control = file.strategy.name === 'scaffold' ? totalBytes(manifest) : 0
  return {
    parameters: totalElements(manifest),
    bytesDown:
      safetensorsBytes(manifest) +
      encodeAssignment(assignment).length +
      (file.model.frozen?.weights.bytes ?? 0) +
      control,
    bytesUp: sealedBytes(updateBytes(file)),
  }
}

/** Before it is sealed. Personal layers stay where they are. */
const updateBytes = (whole: TaskFile): number => {
  const file = travelling(whole)
  if (file.privacy.mode === 'secure-aggregation') return maskedVectorBytes(assignmentOf(file))
  const compressed = compressedFormOf(file)
  return compressed ? mostCompressedBytes(compressed) : safetensorsBytes(updateManifestOf(file))
}
