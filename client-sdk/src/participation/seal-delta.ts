/** A delta as the bytes of an update, sealed. */
import { updateManifestOf } from '@tributary/protocols/plain-round'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { loadTaskWork } from './load-task-work.ts'
import { type MadeUpdate, type MakingNeeds, type Protecting, sealBytes } from './seal-update.ts'

/** Encoded, compressed where the task says so, and sealed. `work.delta` has the client's vote behind it where the round asks for one. */
export const sealDelta = async (
  needs: MakingNeeds,
  { invitation, assignment, delta, control, claims }: Omit<Protecting, 'signal'>,
): Promise<MadeUpdate> => {
  const values = control ? joined(delta, control) : delta
  const compressed = assignment.compression
    ? await (await loadTaskWork()).compressedDelta(values, { invitation, assignment }, needs)
    : undefined
  const update = compressed?.bytes ?? encodeSafetensors({ tensors: updateManifestOf(assignment), values })
  return {
    kind: 'sealed',
    sealed: sealBytes(needs, { invitation, update, claims }),
    ...(compressed?.variate && { variate: compressed.variate }),
  }
}

const joined = (delta: Float32Array, control: Float32Array): Float32Array => {
  const values = new Float32Array(delta.length + control.length)
  values.set(delta)
  values.set(control, delta.length)
  return values
}
