/** From digests to a model in memory: cached where possible, verified always. */
import type { Digest, ModelVersion } from '@tributary/protocols'
import type { Session } from '@tributary/protocols/messages'
import { type Assignment, decodeAssignment, manifestOf } from '@tributary/protocols/task'
import { checkTensors, decodeSafetensors } from '@tributary/protocols/tensors'
import { messageOf } from '../tributary-error.ts'
import type { TransferProblem } from './event.ts'
import type { LoadBlob } from './load-blob.ts'
import type { PublishedModel } from './state.ts'

export type LoadedModel = {
  version: ModelVersion
  /** Digest of the weights' bytes. */
  digest: Digest
  assignment: Assignment
  weights: Float32Array
}

/** The model and what to do with it. Rejects only when the signal aborts. */
export const loadModel = async (
  loadBlob: LoadBlob,
  { model, assignment: assignmentRef }: PublishedModel,
  session: Session,
  signal: AbortSignal,
): Promise<{ kind: 'loaded'; model: LoadedModel } | TransferProblem> => {
  const described = await loadBlob(assignmentRef, session, signal)
  if (described.kind !== 'received') return described
  const file = await loadBlob(model, session, signal)
  if (file.kind !== 'received') return file
  try {
    const assignment = decodeAssignment(described.bytes)
    const tensors = decodeSafetensors(file.bytes)
    const difference = checkTensors(manifestOf(assignment.model), tensors)
    if (difference) return refused(`the weights are not those of the model: ${difference.problem}`)
    const { version, digest } = model
    return { kind: 'loaded', model: { version, digest, assignment, weights: tensors.values } }
  } catch (error) {
    return refused(`what was downloaded cannot be read: ${messageOf(error)}`)
  }
}

const refused = (detail: string): TransferProblem => ({ kind: 'refused', detail })
