import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { TrainingResult } from '@tributary/client-sdk'
import type { Assignment, Plan } from '@tributary/protocols/task'
import type { Dataset } from '../datasets/index.ts'
import type { AttackSpec, BackdoorSpec } from '../population/index.ts'
import type { PoolAnswer, PoolOrder } from './pool-worker.ts'

export type TrainingPool = {
  /** Trains on these rows of the training set; the same job gives the same bytes whichever thread does it. */
  train(job: PoolTraining): Promise<TrainingResult>
  /** How the weights do on each of these rows. */
  judge(job: PoolJudging): Promise<RowsJudged>
  /** Ends the threads; what is under way is rejected. */
  close(): Promise<void>
}

export type PoolTraining = {
  assignment: Assignment
  weights: Float32Array
  rows: Uint32Array
  plan: Plan
  /** As in `TrainingJob`. */
  correction?: Float32Array
  seed: number
  /** What a client that attacks does to its rows before. */
  poison?: { attack: AttackSpec; seed: string }
}

export type PoolJudging = Pick<PoolTraining, 'assignment' | 'weights'> & {
  split: 'train' | 'test'
  /** All, where left out. */
  rows?: Uint32Array
  /** The rows, none of which is of its target, bear its trigger, and an answer is `correct` where it is the target. */
  backdoor?: BackdoorSpec
}

/** In the order of the rows. */
export type RowsJudged = {
  /** Cross-entropy in nats, or the squared error. */
  losses: Float32Array
  /** 1 where the likeliest class is the row's; of a regression all 0. */
  correct: Uint8Array
}

/** Rows that a thread judges at a time: so few that all threads have something to do. */
const JUDGED_AT_ONCE = 1_000

/**
 * Threads that share one data set and train by the compact backend, each one job at a time. Who is free takes the next; what comes of
 * a job depends on nothing but the job.
 */
export const createTrainingPool = ({
  dataset,
  threads = availableParallelism(),
}: {
  dataset: Dataset
  threads?: number
}): TrainingPool => {
  type Waiting = { order: PoolOrder; resolve(answer: PoolAnswer): void; reject(error: Error): void }
  const queue: Waiting[] = []
  const idle: Worker[] = []
  const atWork = new Map<Worker, Waiting>()
  let closed: Error | undefined

  const next = (worker: Worker) => {
    const waiting = queue.shift()
    if (!waiting) return void idle.push(worker)
    atWork.set(worker, waiting)
    worker.postMessage(waiting.order)
  }
  const fail = (error: Error) => {
    closed ??= error
    for (const { reject } of [...atWork.values(), ...queue.splice(0)]) reject(error)
    atWork.clear()
  }
  const workers = Array.from({ length: Math.max(1, threads) }, () => {
    const worker = new Worker(WORKER, {
      workerData: dataset,
      execArgv: FROM_SOURCE ? ['--conditions=source'] : [],
    })
    worker.on('message', (answer: PoolAnswer) => {
      const waiting = atWork.get(worker)
      atWork.delete(worker)
      if (answer.kind === 'failed') waiting?.reject(new Error(answer.message))
      else waiting?.resolve(answer)
      next(worker)
    })
    worker.on('error', (cause) => fail(new Error('a thread that trains has died', { cause })))
    idle.push(worker)
    return worker
  })

  const ask = (order: PoolOrder): Promise<PoolAnswer> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(closed)
      queue.push({ order, resolve, reject })
      const worker = idle.shift()
      if (worker) next(worker)
    })

  return {
    async train(job) {
      const answer = await ask({ kind: 'train', ...job })
      if (answer.kind !== 'trained') throw new Error('a thread answered something else than it was asked')
      return answer.result
    },
    async judge({ rows, split, ...model }) {
      const all = rows ?? Uint32Array.from({ length: dataset[split].count }, (_, row) => row)
      const parts: Uint32Array[] = []
      for (let from = 0; from < all.length; from += JUDGED_AT_ONCE)
        parts.push(all.slice(from, from + JUDGED_AT_ONCE))
      const answers = await Promise.all(
        parts.map((part) => ask({ kind: 'judge', ...model, split, rows: part })),
      )
      const judged = { losses: new Float32Array(all.length), correct: new Uint8Array(all.length) }
      let at = 0
      for (const answer of answers) {
        if (answer.kind !== 'judged') throw new Error('a thread answered something else than it was asked')
        judged.losses.set(answer.losses, at)
        judged.correct.set(answer.correct, at)
        at += answer.losses.length
      }
      return judged
    },
    async close() {
      fail(new Error('the training pool was closed'))
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

const FROM_SOURCE = import.meta.url.endsWith('.ts')
const WORKER = fileURLToPath(new URL(`./pool-worker.${FROM_SOURCE ? 'ts' : 'js'}`, import.meta.url))
