/** The examples of one training in the batches of its plan, whatever they come from. */
import type { Random } from '@tributary/protocols/runtime'
import type { Plan } from '@tributary/protocols/task'
import { countExamples, type ExampleSizes, type Examples, requireFinite } from './examples.ts'
import { shuffled } from './shuffle.ts'

export type Feed = {
  /** Where the rows of batches lie. */
  readonly examples: Examples
  /** Examples that an epoch has; while the first one is read as it goes, those read so far. */
  readonly count: number
  /** Waits for what the next batch needs; `undefined` where that is there. */
  fill(): Promise<void> | undefined
  /** The next batch of the plan, through all its epochs; `undefined` behind the last one. */
  next(): Drawn | undefined
}

export type Drawn = {
  /** `plan.batchSize` of them, fewer in an epoch's last batch. Read at once: they are anyone's after `fill`. */
  rows: Uint32Array
  /** Of its epoch. */
  first: boolean
  last: boolean
  /** Of the whole plan that is done with it, 0 to 1. */
  fraction: number
}

/** The next batch, behind what has to be waited for. */
export function* drawnFrom(feed: Feed): Generator<Promise<void>, Drawn | undefined, void> {
  const filling = feed.fill()
  if (filling) yield filling
  return feed.next()
}

/** Makes the feed of one training. @throws TributaryError `bad-examples`. */
export type Supply = (training: {
  plan: Pick<Plan, 'epochs' | 'batchSize'>
  sizes: ExampleSizes
  random: Random
}) => Feed

/** Examples that are all in memory: each epoch is in an order of its own. */
export const heldSupply =
  (examples: Examples): Supply =>
  ({ plan, sizes, random }) => {
    const count = countExamples(examples, sizes)
    const batches = drawn(count, plan, random)
    let looked = 0
    return {
      examples,
      count,
      fill: () => undefined,
      next() {
        const batch = batches.next().value
        // A batch at a time and in the first epoch alone: all at once would hold up the page.
        if (batch && looked < count) {
          requireFinite(examples, batch.rows, sizes)
          looked += batch.rows.length
        }
        return batch
      },
    }
  }

function* drawn(
  count: number,
  { epochs, batchSize }: Pick<Plan, 'epochs' | 'batchSize'>,
  random: Random,
): Generator<Drawn, undefined> {
  const batches = Math.ceil(count / batchSize)
  if (batches === 0) return
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(count, random)
    for (let batch = 0; batch < batches; batch++)
      yield {
        rows: order.subarray(batch * batchSize, (batch + 1) * batchSize),
        first: batch === 0,
        last: batch === batches - 1,
        fraction: (epoch * batches + batch + 1) / (epochs * batches),
      }
  }
}
