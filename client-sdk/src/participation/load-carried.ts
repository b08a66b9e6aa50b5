/** What a task's strategy carries from round to round, as far as this client needs it. */
import type { ModelVersion } from '@tributary/protocols'
import type { Invitation, Session } from '@tributary/protocols/messages'
import { carriedByClients } from '@tributary/protocols/task'
import { decodeSafetensors, firstNonFinite } from '@tributary/protocols/tensors'
import { messageOf } from '../tributary-error.ts'
import type { TransferProblem } from './event.ts'
import type { LoadBlob } from './load-blob.ts'
import type { LoadedModel } from './load-model.ts'

export type Carried = {
  since: ModelVersion
  /** SCAFFOLD's c, as long as the model; `undefined` where it is zero. Read only. */
  control: Float32Array | undefined
}

/** Rejects only when the signal aborts. */
export const loadCarried = async (
  loadBlob: LoadBlob,
  { invitation, model }: { invitation: Pick<Invitation, 'carried'>; model: LoadedModel },
  session: Session,
  signal: AbortSignal,
): Promise<{ kind: 'loaded'; carried?: Carried } | TransferProblem> => {
  const name = carriedByClients(model.assignment.strategy)
  if (!name) return { kind: 'loaded' }
  const { carried } = invitation
  if (!carried)
    return refused(`the task’s strategy is ${name}, and the invitation does not say what it carries`)
  const { since, control: ref } = carried
  if (!ref || name !== 'scaffold') return { kind: 'loaded', carried: { since, control: undefined } }
  const file = await loadBlob(ref, session, signal)
  if (file.kind !== 'received') return file
  try {
    const { tensors, values } = decodeSafetensors(file.bytes)
    if (tensors.length !== 1 || tensors[0]?.name !== 'c' || values.length !== model.weights.length)
      return refused('the control variate is not one of the model')
    if (firstNonFinite({ tensors, values })) return refused('the control variate is not finite')
    return { kind: 'loaded', carried: { since, control: values } }
  } catch (error) {
    return refused(`the control variate cannot be read: ${messageOf(error)}`)
  }
}

const refused = (detail: string): TransferProblem => ({ kind: 'refused', detail })
