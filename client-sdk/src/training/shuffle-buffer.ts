/**
 * Examples that do not fit into memory, shuffled as far as a buffer reaches: each batch is drawn from all that are in the buffer, without
 * replacement, and what comes next from the source takes its place. Every example has its turn once an epoch. An example can be late by any number of
 * batches but early by no more than the buffer is long, so a source sorted by class or by time stays sorted where runs are longer than the buffer.
 */
import { integerBelow } from '@tributary/protocols/runtime'
import { type Batch, badExamples } from '../data/dataset.ts'
import { countExamples, type Examples, hasClasses, requireFinite } from './examples.ts'
import type { Feed, Supply } from './feed.ts'

export type Reading = AsyncGenerator<Batch, void>

export type BufferOptions = {
  /** Begun, with what was read of it: the first epoch goes on from there. */
  first: { reading: Reading; read: Batch[] }
  /** The source from its beginning, for a further epoch. */
  again(): Reading
  /** Examples that the buffer holds at least; it holds a batch of the plan in any case. */
  rows: number
  size?: number | undefined
}

/** The same source, seed and buffer give the same batches. */
export const bufferedSupply = ({
  first,
  again,
  rows,
  size,
}: BufferOptions): Supply & { close(): Promise<void> } => {
  let reading: Reading = first.reading
  const supply: Supply = ({ plan, sizes, random }) => {
    const capacity = Math.max(rows, plan.batchSize)
    const examples = roomFor(capacity, sizes, first.read[0])
    const slots = Uint32Array.from({ length: capacity }, (_, i) => i)
    const waiting = first.read // which lets go of each that has moved into the buffer
    let [epoch, live, given, taken, known] = [0, 0, 0, 0, Number.POSITIVE_INFINITY]
    let offset = 0
    let ended = false

    /** Moves what waits into slots that are free. */
    const settle = (): void => {
      for (let batch = waiting[0]; batch && live < capacity; batch = waiting[0]) {
        if (offset === 0) {
          const rows = countExamples(batch, sizes) // each batch once
          requireFinite(batch, Array(rows).keys(), sizes, taken)
        }
        const some = Math.min(batch.rows - offset, capacity - live, known - taken)
        for (let i = 0; i < some; i++) copyRow(batch, offset + i, examples, slots[live + i] ?? 0)
        live += some
        taken += some
        offset += some
        if (offset < batch.rows && taken < known) return
        waiting.shift()
        offset = 0
        if (taken >= known) waiting.length = 0
      }
    }
    const fill = async (): Promise<void> => {
      if (ended && live === 0 && epoch < plan.epochs) {
        reading = again()
        ;[given, taken, ended] = [0, 0, false]
      }
      settle()
      // One batch waits behind a full buffer: so the last batch is known as such.
      while (!ended && waiting.length === 0) {
        const item = taken < known ? await reading.next() : { done: true as const, value: undefined }
        if (item.done) {
          ended = true
          if (epoch === 0) known = taken // further epochs are of these: what was added since is the next training's
          await reading.return()
          if (taken === 0)
            throw badExamples('the dataset gives no examples any more', 'Let every iteration begin anew')
        } else waiting.push(item.value)
        settle()
      }
    }
    const feed: Feed = {
      examples,
      get count() {
        return Number.isFinite(known) ? known : taken
      },
      fill,
      next() {
        if (live === 0 || epoch >= plan.epochs) return undefined
        const some = Math.min(plan.batchSize, live)
        for (let i = 0; i < some; i++) {
          const [from, to] = [integerBelow(random, live - i), live - 1 - i]
          const moved = slots[from] ?? 0
          slots[from] = slots[to] ?? 0
          slots[to] = moved
        }
        live -= some
        const isFirst = given === 0
        given += some
        const last = live === 0 && ended
        const whole = Number.isFinite(known) ? known : Math.max(size ?? 0, given)
        const done = last ? 1 : Number.isFinite(known) || size !== undefined ? given / whole : 0
        const fraction = (epoch + Math.min(1, done)) / plan.epochs
        if (last) epoch++
        return { rows: slots.slice(live, live + some), first: isFirst, last, fraction }
      },
    }
    return feed
  }
  return Object.assign(supply, {
    async close() {
      await reading.return()
    },
  })
}

const roomFor = (
  capacity: number,
  sizes: { input: number; output: number },
  like: Batch | undefined,
): Examples => ({
  inputs: new Float32Array(capacity * sizes.input),
  targets: like && hasClasses(like) ? new Int32Array(capacity) : new Float32Array(capacity * sizes.output),
})

const copyRow = (from: Batch, row: number, to: Examples, slot: number): void => {
  const [width, targetWidth] = [from.inputs.length / from.rows, from.targets.length / from.rows]
  to.inputs.set(from.inputs.subarray(row * width, (row + 1) * width), slot * width)
  to.targets.set(from.targets.subarray(row * targetWidth, (row + 1) * targetWidth), slot * targetWidth)
}
