/** One vector as a file of one tensor, whose name says of what it is. */
import { decodeSafetensors, encodeSafetensors, firstNonFinite } from '@tributary/protocols/tensors'

export const encodeNamed = (name: string, values: Float32Array): Uint8Array =>
  encodeSafetensors({ tensors: [{ name, shape: [values.length], dtype: 'F32' }], values })

/** What a store gives may be anything: `undefined` where it is damaged, of something else, of another length or not finite. It counts as lost. */
export const decodeNamed = (bytes: Uint8Array, name: string, length: number): Float32Array | undefined => {
  try {
    const file = decodeSafetensors(bytes)
    const [tensor, ...others] = file.tensors
    const isIt = tensor?.name === name && others.length === 0 && file.values.length === length
    return isIt && !firstNonFinite(file) ? file.values : undefined
  } catch {
    return undefined
  }
}
