/** A delta as the bytes of an update, sealed. */
import { manifestOf, updateManifestOf } from '@tributary/protocols/task'
import { encodeSafetensors, totalElements } from '@tributary/protocols/tensors'
import { loadTaskWork } from './load-task-work.ts'
import { type MadeUpdate, type MakingNeeds, type Protecting, sealBytes } from './seal-update.ts'

/** Encoded, compressed where the task says so, and sealed. `work.delta` has behind it what goes beside it. */
export const sealDelta = async (
  needs: MakingNeeds,
  { invitation, assignment, delta, control, claims }: Omit<Protecting, 'signal'>,
): Promise<MadeUpdate> => {
  const { compression, model } = assignment
  const sealed = (update: Uint8Array) => sealBytes(needs, { invitation, update, claims })
  if (compression) {
    const length = totalElements(manifestOf(model))
    const form = { compression, length, beside: delta.length - length }
    const { compressedDelta } = await loadTaskWork()
    const { bytes, variate } = await compressedDelta(delta, { invitation, form }, needs)
    return { kind: 'sealed', sealed: sealed(bytes), ...(variate && { variate }) }
  }
  const values = control ? joined(delta, control) : delta
  return {
    kind: 'sealed',
    sealed: sealed(encodeSafetensors({ tensors: updateManifestOf(assignment), values })),
  }
}

const joined = (delta: Float32Array, control: Float32Array): Float32Array => {
  const values = new Float32Array(delta.length + control.length)
  values.set(delta)
  values.set(control, delta.length)
  return values
}
