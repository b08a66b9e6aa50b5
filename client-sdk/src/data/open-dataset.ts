/** A dataset opened for one training: held in memory where it fits, else read through a buffer. */
import type { Signature } from '@tributary/protocols/task'
import { type Examples, hasClasses } from '../training/examples.ts'
import { held, type Opened } from '../training/opened.ts'
import { bufferedSupply, type Reading } from '../training/shuffle-buffer.ts'
import { checkShape } from './check-against.ts'
import { checkExamples } from './check-values.ts'
import type { Batch, Dataset } from './dataset.ts'
import { judgedInTurn } from './judged-in-turn.ts'
import { checkedBatches } from './reading.ts'

export type OpenOptions = {
  signature?: Signature | undefined
  maxExamples: number
  bufferBytes: number
  signal?: AbortSignal | undefined
}

export const openDataset = async (dataset: Dataset, options: OpenOptions): Promise<Opened> => {
  const { signature, bufferBytes } = options
  if (signature) checkShape(signature, dataset)
  const again = () => checkedBatches(dataset, options)
  const reading = checkedReading(again(), signature)
  const read: Batch[] = []
  let bytes = 0
  for (let late = false; ; late = bytes > bufferBytes) {
    const item = await reading.next()
    if (item.done) return held(joined(read))
    read.push(item.value)
    bytes += item.value.inputs.byteLength + item.value.targets.byteLength
    // One batch beyond the bound: a source that ends with it is in memory as it is.
    if (late) break
  }
  const rows = read.reduce((sum, batch) => sum + batch.rows, 0)
  const supply = bufferedSupply({
    first: { reading, read },
    again,
    rows: Math.floor(bufferBytes / (bytes / rows)),
    size: dataset.size,
  })
  return {
    supply,
    judged: (judge) => judgedInTurn(dataset, options, judge),
    close: supply.close,
  }
}

async function* checkedReading(reading: Reading, signature: Signature | undefined): Reading {
  let before = 0
  for await (const batch of reading) {
    if (signature) checkExamples(signature, batch, before)
    before += batch.rows
    yield batch
  }
}

/** One batch is given as it is. */
const joined = (batches: readonly Batch[]): Examples => {
  const [first] = batches
  if (!first) return { inputs: new Float32Array(0), targets: new Int32Array(0) }
  if (batches.length === 1) return first
  const lengthOf = (side: 'inputs' | 'targets') => batches.reduce((sum, batch) => sum + batch[side].length, 0)
  const inputs = new Float32Array(lengthOf('inputs'))
  const targets = hasClasses(first)
    ? new Int32Array(lengthOf('targets'))
    : new Float32Array(lengthOf('targets'))
  let [from, targetsFrom] = [0, 0]
  for (const batch of batches) {
    inputs.set(batch.inputs, from)
    targets.set(batch.targets, targetsFrom)
    from += batch.inputs.length
    targetsFrom += batch.targets.length
  }
  return { inputs, targets }
}
