/** The worker of the learning page: it trains on the page's own points, or goes wrong in the way that its address says. */
import type { Trainer, TrainingJob } from '@tributary/client-sdk'
import { createTfjsTrainer } from '@tributary/client-sdk/tfjs'
import { serveTrainer } from '@tributary/client-sdk/worker'
import { pointsOf } from '../points.ts'

export type WorkerMood = keyof typeof moods

const tfjs = createTfjsTrainer({
  examples: () => pointsOf('page', 60),
  backend: { prefer: ['wasm'], wasmFiles: '/wasm', log: () => undefined },
})

const kept: Float32Array[] = []
let examples = 59
const moods = {
  well: tfjs.train,
  /** Gives no turn to anything, its own abort included. */
  endless: () => {
    for (;;);
  },
  /** Holds ten megabytes more every twentieth of a second. */
  hoarding: ({ signal }: TrainingJob) =>
    new Promise<never>((_, reject) => {
      const hoard = setInterval(() => kept.push(new Float32Array(2_500_000).fill(1)), 50)
      signal.addEventListener('abort', () => {
        clearInterval(hoard)
        reject(signal.reason)
      })
    }),
  throwing: () => {
    setTimeout(() => {
      throw new Error('the worker’s own mistake')
    })
    return new Promise<never>(() => undefined)
  },
  /** Is gone without a word. */
  closing: () => {
    close()
    return new Promise<never>(() => undefined)
  },
} satisfies Record<string, Trainer['train']>

const isMood = (text: string): text is WorkerMood => text in moods

const mood = location.hash.slice(1)
if (!isMood(mood)) throw new Error(`no such mood: ${mood}`)
/** One more each time that it is asked. */
const countExamples = () => examples++
serveTrainer({ ...tfjs, train: moods[mood], countExamples })
