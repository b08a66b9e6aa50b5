/** From digests to a model in memory: cached where possible, verified always. */
import type { Digest, ModelVersion } from '@tributary/protocols'
import type { Session } from '@tributary/protocols/messages'
import { decodePlainAssignment, manifestOf } from '@tributary/protocols/plain-round'
import type { Assignment } from '@tributary/protocols/task'
import { checkTensors, decodeSafetensors } from '@tributary/protocols/tensors'
import { messageOf } from '../tributary-error.ts'
import type { TransferProblem } from './event.ts'
import { loadAssignments } from './load-assignments.ts'
import type { LoadBlob } from './load-blob.ts'
import { loadTaskWork } from './load-task-work.ts'
import { readOnce } from './read-once.ts'
import type { PublishedModel } from './state.ts'

export type LoadedModel = {
  version: ModelVersion
  /** Digest of the weights' bytes. */
  digest: Digest
  assignment: Assignment
  weights: Float32Array
  /** Of the tensors that nobody trains, where the model has such. */
  frozen?: Float32Array
}

/** Where a model came from: what was said of it, and its bytes. */
export type ModelSource = PublishedModel & {
  bytes: { assignment: Uint8Array; weights: Uint8Array; frozen?: Uint8Array }
}

export type FetchedModel = { model: LoadedModel; source: ModelSource }

/** The model and what to do with it. Rejects only when the signal aborts. */
export const loadModel = async (
  loadBlob: LoadBlob,
  { model, assignment: assignmentRef, signature }: PublishedModel,
  session: Session,
  signal: AbortSignal,
): Promise<({ kind: 'loaded' } & FetchedModel) | TransferProblem> => {
  const described = await loadBlob(assignmentRef, session, signal)
  if (described.kind !== 'received') return described
  const file = await loadBlob(model, session, signal)
  if (file.kind !== 'received') return file
  const plain = plainAssignments.of(described.bytes)
  const others = plain ? undefined : await loadAssignments().catch(() => undefined)
  signal.throwIfAborted()
  try {
    const assignment = plain ?? others?.of(described.bytes)
    if (!assignment) return { kind: 'interrupted' } // the code is not there, and may be when the network is
    const part = assignment.model.frozen
    const frozen = part && (await (await loadTaskWork()).loadFrozen(loadBlob, part, session, signal))
    if (frozen && frozen.kind !== 'loaded') return frozen
    const tensors = files.of(file.bytes)
    const difference = checkTensors(manifestOf(assignment.model), tensors)
    if (difference) return refused(`the weights are not those of the model: ${difference.problem}`)
    const { version, digest } = model
    const { values: weights } = tensors
    return {
      kind: 'loaded',
      model: { version, digest, assignment, weights, ...(frozen && { frozen: frozen.values }) },
      source: {
        model,
        assignment: assignmentRef,
        ...(signature && { signature }),
        bytes: { assignment: described.bytes, weights: file.bytes, ...(frozen && { frozen: frozen.bytes }) },
      },
    }
  } catch (error) {
    signal.throwIfAborted()
    return refused(`what was downloaded cannot be read: ${messageOf(error)}`)
  }
}

const plainAssignments = readOnce(decodePlainAssignment)
const files = readOnce((bytes) => decodeSafetensors(bytes))

const refused = (detail: string): TransferProblem => ({ kind: 'refused', detail })
