/** What a trainer is given to learn from, opened for one training or one judgement. */
import type { Assignment } from '@tributary/protocols/task'
import { type Dataset, DEFAULT_MAX_EXAMPLES, isDataset } from '../data/dataset.ts'
import { TributaryError } from '../tributary-error.ts'
import type { Examples } from './examples.ts'
import { held, type Opened } from './opened.ts'

/** This client's own examples, or what gives them: it is asked anew for every training and judgement. */
export type ExampleSource = Examples | Dataset | (() => Examples | Dataset | Promise<Examples | Dataset>)

export type SourceOptions = {
  examples: ExampleSource
  /** Examples that a dataset may give in one pass; more are an error. Left out, 10 million. */
  maxExamples?: number
  /**
   * A dataset of at most so many bytes is held in memory for a training, and shuffled as a whole. A larger one is read anew in each
   * epoch, and shuffled through a buffer of so many bytes. Left out, 64 MiB.
   */
  bufferBytes?: number
}

/** What opens a source, again and again. @throws TributaryError `bad-examples`; the signal's reason once it has aborted. */
export type ExampleDoor = (assignment: Assignment, signal?: AbortSignal) => Promise<Opened>

export const exampleDoor = ({
  examples,
  maxExamples = DEFAULT_MAX_EXAMPLES,
  bufferBytes = 64 * 2 ** 20,
}: SourceOptions): ExampleDoor => {
  const load = async () => requireSource(await (typeof examples === 'function' ? examples() : examples))
  const checked = new WeakMap<object, object>()
  const inMemory = async (mine: Examples, { model: { signature } }: Assignment): Promise<Opened> => {
    if (signature && checked.get(mine) !== signature) {
      const { checkExamples } = await import('../data/check-values.ts')
      checkExamples(signature, mine)
      checked.set(mine, signature)
    }
    return held(mine)
  }
  return async (assignment, signal) => {
    const mine = await load()
    if (!isDataset(mine)) return inMemory(mine, assignment)
    const { openDataset } = await import('../data/open-dataset.ts')
    return openDataset(mine, { signature: assignment.model.signature, maxExamples, bufferBytes, signal })
  }
}

/** Of an app without types, which finds out here and not in the middle of a training. @throws TributaryError `bad-examples`. */
const requireSource = (source: Examples | Dataset): Examples | Dataset => {
  const { inputs, targets } = Object(source) as Partial<Examples>
  if (isDataset(Object(source)) || (ArrayBuffer.isView(inputs) && ArrayBuffer.isView(targets))) return source
  throw new TributaryError({
    code: 'bad-examples',
    problem: 'the examples are neither typed arrays nor a dataset',
    remedy: 'Give `inputs` and `targets` as typed arrays, or what @tributary/client-sdk/data makes',
  })
}
