/** A client's own examples in two parts, one to learn from and one to be judged by. */
import { concatBytes } from '@tributary/protocols/crypto'
import { batchOf } from '../training/examples.ts'
import { type Batch, badExamples, type Dataset } from './dataset.ts'
import { hashOf } from './example-hash.ts'

export type SplitOptions = {
  /** The share that is held out, 0 to 1: expected, not exact. */
  heldOut: number
  /** Another salt is another split. `splitSalt` keeps one of this client's own. Left out, the same one for everyone. */
  salt?: string | Uint8Array
  /** `key`: by what examples are told apart by; `content`: by their values. Left out, by keys where there are some. */
  by?: 'key' | 'content'
}

export type Split = { train: Dataset; heldOut: Dataset }

/**
 * Each example's side follows from a keyed hash of it (SHA-256 of salt and example) and from nothing else: it stays there whatever is added, removed or
 * put in another order, and in every run. Examples that are alike, or have the same key, are on one side, so nothing that is judged by was learned from.
 * Where `heldOut` grows, examples move to that side alone. By content, an example that is encoded otherwise is another one: give keys
 * where a signature may change, or where several examples are of one person or one event.
 *
 * @throws TributaryError `bad-examples` for a share that is none; its iterations, where keys are asked for and there are none.
 */
export const split = (dataset: Dataset, { heldOut, salt = '', by }: SplitOptions): Split => {
  if (!(heldOut >= 0 && heldOut <= 1))
    throw badExamples(`${heldOut} is no share of the examples`, 'Give `heldOut` as a number from 0 to 1')
  const key = typeof salt === 'string' ? new TextEncoder().encode(salt) : salt
  const isHeldOut = async (batch: Batch): Promise<boolean[]> =>
    (await sharesOf(batch, identitiesOf(batch, { salt: key, by }))).map((share) => share < heldOut)
  return {
    train: side(dataset, async (batch) => (await isHeldOut(batch)).map((out) => !out)),
    heldOut: side(dataset, isHeldOut),
  }
}

const side = (dataset: Dataset, chosen: (batch: Batch) => Promise<boolean[]>): Dataset => ({
  shape: dataset.shape,
  async *[Symbol.asyncIterator]() {
    for await (const batch of dataset) {
      const part = partOf(batch, await chosen(batch))
      if (part) yield part
    }
  },
})

const partOf = (batch: Batch, chosen: readonly boolean[]): Batch | undefined => {
  const places = chosen.flatMap((isChosen, row) => (isChosen ? [row] : []))
  if (places.length === 0) return undefined
  if (places.length === batch.rows) return batch
  const { inputs, targets, rows, keys } = batch
  return {
    ...batchOf(batch, Uint32Array.from(places), {
      input: inputs.length / rows,
      output: targets.length / rows,
    }),
    rows: places.length,
    ...(keys && { keys: places.map((row) => keys[row] ?? '') }),
  }
}

/** What is hashed side by side, all together: whoever hashes has a copy of it. */
const SIDE_BY_SIDE_BYTES = 2 ** 20

/** Of each example a number that is uniform in [0, 1): the first 48 bits of the hash of what it is. */
const sharesOf = async ({ rows }: Batch, { bytes, of }: Identities): Promise<number[]> => {
  const together = Math.ceil(SIDE_BY_SIDE_BYTES / bytes)
  const shares: number[] = []
  while (shares.length < rows) {
    const from = shares.length
    const some = Math.min(together, rows - from)
    const hashes = await Promise.all(Array.from({ length: some }, (_, i) => hashOf(of(from + i))))
    for (const hash of hashes) {
      const bits = new DataView(hash.buffer, hash.byteOffset)
      shares.push((bits.getUint32(0) * 2 ** 16 + bits.getUint16(4)) / 2 ** 48)
    }
  }
  return shares
}

type Identities = {
  /** About as long is one. */
  bytes: number
  /** Written over by the next. */
  of(row: number): Uint8Array<ArrayBuffer>
}

/**
 * What examples are, as bytes: their keys', or their values' as little-endian float32, the same whatever type they came in. The salt stands before them,
 * and its length before that, so that no two pairs are alike.
 */
const identitiesOf = (
  { inputs, targets, rows, keys }: Batch,
  { salt, by }: { salt: Uint8Array; by: SplitOptions['by'] },
): Identities => {
  if (by === 'key' && !keys)
    throw badExamples(
      'the split is by key, and the dataset has no keys',
      'Name a `key` where the dataset is made',
    )
  const before = (tag: number) =>
    concatBytes(Uint8Array.of(salt.length & 255, salt.length >>> 8), salt, Uint8Array.of(tag))
  if (keys && by !== 'content') {
    const start = before(KEY)
    return { bytes: start.length, of: (row) => concatBytes(start, new TextEncoder().encode(keys[row])) }
  }
  const [width, targetWidth] = [inputs.length / rows, targets.length / rows]
  const values = new Float32Array(width + targetWidth)
  const valueBytes = new Uint8Array(values.buffer)
  const whole = concatBytes(before(CONTENT), valueBytes)
  return {
    bytes: whole.length,
    of(row) {
      values.set(inputs.subarray(row * width, (row + 1) * width))
      values.set(targets.subarray(row * targetWidth, (row + 1) * targetWidth), width)
      whole.set(valueBytes, whole.length - valueBytes.length)
      return whole
    },
  }
}

const KEY = 0
const CONTENT = 1
