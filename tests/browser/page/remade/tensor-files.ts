import { fromBase64url, toBase64url, toHex } from '@tributary/protocols/crypto'
import { decodeSafetensors, encodeSafetensors, TensorFormatError } from '@tributary/protocols/tensors'
import type * as z from 'zod'
import type { SafetensorsVectors } from '../../../vectors/vectors.ts'

type Vectors = z.infer<typeof SafetensorsVectors>

/** Files, read and written again, and those that are to be refused. */
export const remakeTensorFiles = ({ description, files, refused }: Vectors): Vectors => ({
  description,
  files: files.map(({ name, file }) => {
    const read = decodeSafetensors(fromBase64url(file))
    const { buffer, byteOffset, byteLength } = read.values
    return {
      name,
      tensors: read.tensors,
      metadata: { ...read.metadata },
      values: toHex(new Uint8Array(buffer, byteOffset, byteLength)),
      file: toBase64url(encodeSafetensors(read)),
    }
  }),
  refused: refused.map(({ description, file }) => ({ description, code: codeOf(file), file })),
})

const codeOf = (file: string): string => {
  try {
    decodeSafetensors(fromBase64url(file))
    return 'none: it can be read'
  } catch (error) {
    if (error instanceof TensorFormatError) return error.code
    throw error
  }
}
