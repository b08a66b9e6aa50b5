/** The file of a worker thread, for tests: what it serves, and how it goes wrong, is in its `workerData`. */
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { createCompactTrainer } from '../training/compact/compact-trainer.ts'
import { clusters } from '../training/tfjs-trainer.builders.ts'
import type { Evaluator, ExampleCounter, Predictor, Trainer } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'
import { serveTrainer } from './serve-trainer.ts'

export type Served =
  | 'compact'
  /** Counts assignments that it gets, and answers with the array that it was given. */
  | 'echo'
  /** Trains until it is aborted. */
  | 'patient'
  /** Trains and gives no turn to anything. */
  | 'spinning'
  /** Holds more and more: buffers, or numbers in its heap. */
  | 'hoarding'
  | 'hoarding-heap'
  | 'throwing'
  | 'exiting'
  | 'refusing'
  | 'babbling'
  | 'wrong'
  /** Counts its examples, one more each time; or says that they are what is no number. */
  | 'counting'
  | 'miscounting'
  | 'silent'

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const kept: unknown[] = []
let counted = 19
const compact = createCompactTrainer({ examples: () => clusters({ count: 300, width: 8, classes: 3 }) })

const trainers: Record<
  Exclude<Served, 'silent'>,
  Trainer & Partial<Evaluator & ExampleCounter & Predictor<unknown, unknown>>
> = {
  compact,
  echo: {
    async train({ weights, onProgress }) {
      onProgress({ fraction: 1, loss: Number.NaN })
      return { weights, examples: 1, metrics: { loss: Number.NaN } }
    },
    predict: async ({ weights, frozen }, input) => ({
      input,
      weights: [...weights],
      ...(frozen && { frozen: [...frozen] }),
    }),
  },
  patient: { train: ({ signal }) => untilAborted(signal), predict: async () => 'still here' },
  spinning: {
    train: () => {
      for (;;);
    },
  },
  hoarding: {
    async train({ signal }) {
      for (;;) {
        signal.throwIfAborted()
        kept.push(new Float32Array(2_500_000).fill(1))
        await delay(100)
      }
    },
    predict: async () => 'still here',
  },
  'hoarding-heap': {
    train: () => {
      for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i })))
    },
  },
  throwing: {
    async train() {
      setTimeout(() => {
        throw new Error('from nowhere')
      })
      return new Promise(() => undefined)
    },
  },
  exiting: { train: async () => process.exit(3) },
  refusing: {
    async train() {
      throw new TributaryError({ code: 'bad-examples', problem: 'no row fits', remedy: 'Give rows that fit' })
    },
  },
  babbling: {
    async train() {
      parentPort?.postMessage('of the app’s own')
      parentPort?.postMessage({ tributary: 'nonsense' })
      return new Promise(() => undefined)
    },
  },
  wrong: {
    train: async () => JSON.parse('{"weights":[1,2],"examples":1,"metrics":{}}'),
  },
  counting: { ...compact, countExamples: () => counted++ },
  miscounting: { ...compact, countExamples: () => JSON.parse('"many"') },
}

const served: Served = workerData
if (served !== 'silent') serveTrainer(trainers[served])
else parentPort?.on('message', () => undefined)
