/** A sealed update's values under the task's compression, as bytes and back. Rules T of docs/protocol.md. */
import { concatBytes } from '../../crypto/encoding.ts'
import type { Random } from '../../runtime/random.ts'
import type { Compression } from '../../task/compression.ts'
import { vectorOver } from '../../tensors/dtype.ts'
import type { CompressedForm } from './compressed-form.ts'
import { CompressionFormatError } from './format-error.ts'
import { FLOAT_BYTES, levelBytes, sentValues, UPDATE_HEADER_BYTES } from './sizes.ts'
import { decodeCoordinates, encodeCoordinates } from './sparse-bytes.ts'
import { backThroughStages, throughStages } from './stages.ts'
import { fromSparse, topK } from './top-k.ts'
import { fromLevels, toLevels, valuesOfLevels } from './uniform-levels.ts'

const VERSION = 1

/**
 * The bytes of an update: its delta through the task's stages. With top-k and error feedback `residual` is what the coordinator will not
 * have had of this delta and of the residual before; the caller keeps it once the update is received.
 * @param input.values The delta, and behind it what is sent as it is; finite.
 * @param input.random For rounding to levels: nobody else's.
 * @throws RangeError for values that are not finite or of another number.
 */
export const compressUpdate = (
  values: Float32Array,
  { compression, length, beside }: CompressedForm,
  { seed, random, residual }: { seed: string; random: Random; residual?: Float32Array | undefined },
): { bytes: Uint8Array; residual?: Float32Array } => {
  if (values.length !== length + beside)
    throw new RangeError(`an update of this task has ${length + beside} values, not ${values.length}`)
  const { sparsify, bits } = compression
  const delta = values.subarray(0, length)
  const top =
    sparsify?.kind === 'top-k'
      ? topK(delta, { k: sentValues(length, compression), ...(residual && { residual }) })
      : undefined
  const sent = top ? top.sparse.values : throughStages(delta, compression, seed)
  const levels = bits && toLevels(sent, { random })
  const bytes = concatBytes(
    header(compression, sent.length),
    bytesOf(values.subarray(length)),
    levels ?? bytesOf(sent),
    top ? encodeCoordinates(top.sparse.at) : new Uint8Array(),
  )
  if (!top || sparsify?.kind !== 'top-k' || !sparsify.errorFeedback) return { bytes }
  if (levels) {
    const told = valuesOfLevels(levels)
    top.sparse.at.forEach((at, i) => {
      top.residual[at] = (sent[i] ?? 0) - (told[i] ?? 0)
    })
  }
  return { bytes, residual: top.residual }
}

/**
 * The values that the bytes stand for: of random-k, levels and rotation the update's in expectation, of top-k those that were kept. They may
 * not be finite, which is the caller's to look at.
 * @throws CompressionFormatError when the bytes are not what the stages make of such an update. Nothing is allocated on their word.
 */
export const decompressUpdate = (
  bytes: Uint8Array,
  { compression, length, beside }: CompressedForm,
  seed: string,
): Float32Array => {
  const { sparsify, bits } = compression
  const k = sentValues(length, compression)
  requireHeader(bytes, header(compression, k))
  const behind = UPDATE_HEADER_BYTES + FLOAT_BYTES * beside
  const end = behind + (bits ? levelBytes(k) : FLOAT_BYTES * k)
  if (bytes.length < end || (sparsify?.kind !== 'top-k' && bytes.length > end))
    throw new CompressionFormatError(
      'wrong-length',
      `${bytes.length} bytes are not those of ${k} values, ${end}`,
    )
  const part = bytes.subarray(behind, end)
  const sent = bits ? fromLevels(part, k) : vectorOver('F32', part)
  const delta =
    sparsify?.kind === 'top-k'
      ? fromSparse({ length, at: decodeCoordinates(bytes.subarray(end), { length, k }), values: sent })
      : backThroughStages(sent, compression, { length, seed })
  const values = new Float32Array(length + beside)
  values.set(delta)
  values.set(vectorOver('F32', bytes.subarray(UPDATE_HEADER_BYTES, behind)), length)
  return values
}

/** Version, a bit for each stage, two zeros, and how many values follow: so that an update made under another plan is told so. */
const header = ({ rotation, sparsify, bits }: Compression, k: number): Uint8Array => {
  const bytes = new Uint8Array(UPDATE_HEADER_BYTES)
  const kind = sparsify?.kind
  bytes[0] = VERSION
  bytes[1] = (rotation ? 1 : 0) | (kind === 'random-k' ? 2 : 0) | (kind === 'top-k' ? 4 : 0) | (bits ? 8 : 0)
  new DataView(bytes.buffer).setUint32(4, k, true)
  return bytes
}

const requireHeader = (bytes: Uint8Array, expected: Uint8Array): void => {
  if (bytes.length < UPDATE_HEADER_BYTES)
    throw new CompressionFormatError('wrong-length', `${bytes.length} bytes are no compressed update`)
  if (expected.some((byte, at) => bytes[at] !== byte))
    throw new CompressionFormatError('other-stages', 'the update is of other stages than the task’s')
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
