/** A client's own examples in two parts, one to learn from and one to be judged by. */
import { createDigest, hashOfDigest } from '@tributary/protocols/tensors'
import { hasClasses } from '../training/examples.ts'
import { type Batch, badExamples, type Dataset } from './dataset.ts'

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
  const isHeldOut = (batch: Batch): boolean[] =>
    Array.from({ length: batch.rows }, (_, row) => share(key, identityOf(batch, row, by)) < heldOut)
  return {
    train: side(dataset, (batch) => isHeldOut(batch).map((out) => !out)),
    heldOut: side(dataset, isHeldOut),
  }
}

const side = (dataset: Dataset, chosen: (batch: Batch) => boolean[]): Dataset => ({
  shape: dataset.shape,
  async *[Symbol.asyncIterator]() {
    for await (const batch of dataset) {
      const part = partOf(batch, chosen(batch))
      if (part) yield part
    }
  },
})

const partOf = (batch: Batch, chosen: readonly boolean[]): Batch | undefined => {
  const places = chosen.flatMap((isChosen, row) => (isChosen ? [row] : []))
  if (places.length === 0) return undefined
  if (places.length === batch.rows) return batch
  const { inputs, targets, keys } = batch
  const [width, targetWidth] = [inputs.length / batch.rows, targets.length / batch.rows]
  const part: Batch = {
    inputs: new Float32Array(places.length * width),
    targets: hasClasses({ targets })
      ? new Int32Array(places.length * targetWidth)
      : new Float32Array(places.length * targetWidth),
    rows: places.length,
    ...(keys && { keys: places.map((row) => keys[row] ?? '') }),
  }
  for (const [to, row] of places.entries()) {
    part.inputs.set(inputs.subarray(row * width, (row + 1) * width), to * width)
    part.targets.set(targets.subarray(row * targetWidth, (row + 1) * targetWidth), to * targetWidth)
  }
  return part
}

/** What an example is, as bytes: its key's, or its values' as little-endian float32, the same whatever type they came in. */
const identityOf = (
  { inputs, targets, rows, keys }: Batch,
  row: number,
  by: SplitOptions['by'],
): Uint8Array[] => {
  if (by === 'key' && !keys)
    throw badExamples(
      'the split is by key, and the dataset has no keys',
      'Name a `key` where the dataset is made',
    )
  if (keys && by !== 'content') return [KEY, new TextEncoder().encode(keys[row])]
  const [width, targetWidth] = [inputs.length / rows, targets.length / rows]
  return [
    CONTENT,
    littleEndian(inputs.subarray(row * width, (row + 1) * width)),
    littleEndian(targets.subarray(row * targetWidth, (row + 1) * targetWidth)),
  ]
}

const KEY = Uint8Array.of(0)
const CONTENT = Uint8Array.of(1)

const littleEndian = (values: ArrayLike<number>): Uint8Array => {
  const bytes = new DataView(new ArrayBuffer(4 * values.length))
  for (let i = 0; i < values.length; i++) bytes.setFloat32(4 * i, values[i] ?? 0, true)
  return new Uint8Array(bytes.buffer)
}

/** Uniform in [0, 1): the first 48 bits of the hash. The salt's length stands before it, so that no two pairs are alike. */
const share = (salt: Uint8Array, identity: readonly Uint8Array[]): number => {
  const digest = createDigest()
  digest.update(Uint8Array.of(salt.length & 255, salt.length >>> 8))
  digest.update(salt)
  for (const part of identity) digest.update(part)
  const hash = new DataView(hashOfDigest(digest.digest()).buffer)
  return (hash.getUint32(0) * 2 ** 16 + hash.getUint16(4)) / 2 ** 48
}
