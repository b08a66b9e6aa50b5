/** From digests to a model in memory: cached where possible, verified always. */
import type { Digest, ModelVersion } from '@tributary/protocols'
import type { BlobRef, Session } from '@tributary/protocols/messages'
import { type Assignment, decodeAssignment, manifestOf } from '@tributary/protocols/task'
import { checkTensors, decodeSafetensors, digestOf } from '@tributary/protocols/tensors'
import type { Bulk } from '../ports/bulk.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import { messageOf } from '../tributary-error.ts'
import type { TransferProblem } from './event.ts'
import type { PublishedModel } from './state.ts'

export type LoadedModel = {
  version: ModelVersion
  /** Digest of the weights' bytes. */
  digest: Digest
  assignment: Assignment
  weights: Float32Array
}

type Needs = { bulk: Bulk; cache: ModelCache }

/** The model and what to do with it. Rejects only when the signal aborts. */
export const loadModel = async (
  needs: Needs,
  { model, assignment: assignmentRef }: PublishedModel,
  session: Session,
  signal: AbortSignal,
): Promise<{ kind: 'loaded'; model: LoadedModel } | TransferProblem> => {
  const described = await loadBlob(needs, assignmentRef, session, signal)
  if (described.kind !== 'received') return described
  const file = await loadBlob(needs, model, session, signal)
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

const loadBlob = async ({ bulk, cache }: Needs, ref: BlobRef, session: Session, signal: AbortSignal) => {
  const cached = await cache.get(ref.digest).catch(() => undefined)
  signal.throwIfAborted()
  if (cached && cached.length === ref.bytes && digestOf(cached) === ref.digest)
    return { kind: 'received', bytes: cached } as const
  const answer = await bulk.download(ref, session, signal)
  // A cache that fails costs a download the next time, and nothing else.
  if (answer.kind === 'received') await cache.put(ref.digest, answer.bytes).catch(() => undefined)
  signal.throwIfAborted()
  return answer
}
