/** Iterating over what others bring: it ends when the signal says so, and its source is closed whatever happens. */
import { hasClasses } from '../training/examples.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import { type Batch, badExamples, type Dataset, tooManyExamples } from './dataset.ts'

/**
 * The items of a source in turn. An abort is heard even while the source is silent; the source is then told to close, and not waited for.
 * @throws the signal's reason once it has aborted.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void> {
  signal?.throwIfAborted()
  const items = source[Symbol.asyncIterator]()
  let interrupt = () => {}
  const aborted = () => interrupt()
  const next = () =>
    new Promise<IteratorResult<T>>((resolve, reject) => {
      interrupt = () => reject(signal?.reason)
      Promise.resolve(items.next()).then(resolve, reject)
    })
  signal?.addEventListener('abort', aborted, { once: true })
  let open = true
  try {
    for (;;) {
      const item = await next().catch((error: unknown) => {
        open = signal?.aborted ?? false // a source that failed has closed itself
        throw error
      })
      open = !item.done
      if (item.done) return
      yield item.value
      signal?.throwIfAborted()
    }
  } finally {
    signal?.removeEventListener('abort', aborted)
    if (open) {
      const closed = Promise.resolve(items.return?.())
      // One that is silent may never answer, and what it says of its end is nobody's.
      if (signal?.aborted) closed.catch(() => undefined)
      else await closed
    }
  }
}

/**
 * A dataset's batches, each held to what a batch is.
 * @throws TributaryError `bad-examples` for batches that are none, for more examples than `maxExamples`, and for what the source throws.
 */
export async function* checkedBatches(
  dataset: Dataset,
  { maxExamples, signal }: { maxExamples: number; signal?: AbortSignal | undefined },
): AsyncGenerator<Batch, void> {
  const width = dataset.shape.reduce((a, b) => a * b, 1)
  let rows = 0
  let first: Batch | undefined
  try {
    for await (const batch of untilAborted(dataset, signal)) {
      first ??= batch
      checkBatch(batch, { width, first, from: rows })
      rows += batch.rows
      if (rows > maxExamples) throw tooManyExamples(maxExamples)
      yield batch
    }
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof TributaryError) throw cause
    throw badExamples(`the dataset’s source failed: ${messageOf(cause)}`, 'See the cause', { cause })
  }
}

const checkBatch = (
  { inputs, targets, rows, keys }: Batch,
  { width, first, from }: { width: number; first: Batch; from: number },
): void => {
  const wrong = (problem: string) =>
    badExamples(
      `the batch from example ${from + 1} on ${problem}`,
      'Let the dataset give batches of its own shape, as `Batch` says',
    )
  if (!Number.isInteger(rows) || rows < 1) throw wrong(`has ${rows} rows, not a whole number of at least 1`)
  if (!(inputs instanceof Float32Array)) throw wrong('has inputs that are no Float32Array')
  if (inputs.length !== rows * width)
    throw wrong(`has ${inputs.length} input values where ${rows} rows need ${rows * width}`)
  const targetWidth = first.targets.length / first.rows
  if (hasClasses({ targets }) !== hasClasses(first))
    throw wrong('has targets of another kind than those before it')
  if (!Number.isInteger(targetWidth) || targets.length !== rows * targetWidth)
    throw wrong(`has ${targets.length} target values for ${rows} rows`)
  if (keys && keys.length !== rows) throw wrong(`has ${keys.length} keys for ${rows} rows`)
}
