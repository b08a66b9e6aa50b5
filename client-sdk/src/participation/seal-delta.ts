/** A delta as the bytes of an update, sealed. */
import { updateManifestOf } from '@tributary/protocols/task'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { loadCompression } from './load-compression.ts'
import { type MadeUpdate, type MakingNeeds, type Protecting, sealBytes } from './seal-update.ts'

/** Encoded and sealed, compressed where the task says so. `work.delta` has behind it what goes beside it. */
export const sealDelta = async (
  needs: MakingNeeds,
  work: Omit<Protecting, 'signal'>,
): Promise<MadeUpdate> => {
  const { invitation, assignment, delta, control, claims } = work
  const { compression } = assignment
  if (compression) return (await loadCompression()).compressAndSeal(needs, { ...work, compression })
  const values = control ? joined(delta, control) : delta
  const update = encodeSafetensors({ tensors: updateManifestOf(assignment), values })
  return { kind: 'sealed', sealed: sealBytes(needs, { invitation, update, claims }) }
}

const joined = (delta: Float32Array, control: Float32Array): Float32Array => {
  const values = new Float32Array(delta.length + control.length)
  values.set(delta)
  values.set(control, delta.length)
  return values
}
