import { Worker } from 'node:worker_threads'
import type { RoundId } from '@tributary/protocols'
import type { Assignment } from '@tributary/protocols/task'

/** Digits as they lie in memory: rows of 784 bytes, and their labels. */
export type Digits = { images: Uint8Array; labels: Uint8Array }

export type FleetWorkerData = {
  url: string
  token: string
  task: string
  writers: readonly Digits[]
  /** Digits of writers who never train, in the thread that judges. */
  heldOut: Digits | undefined
}

export type FleetOrder =
  | { type: 'judge'; version: number; model: { assignment: Assignment; weights: Float32Array } }
  | { type: 'leave' }

export type FleetReport =
  | { type: 'ready' }
  /** Which tfjs backend the thread trains on. */
  | { type: 'backend'; line: string }
  | { type: 'downloaded'; bytes: number }
  | { type: 'uploaded'; round: RoundId; bytes: number }
  | { type: 'judged'; version: number; metrics: Record<string, number> }
  | { type: 'problem'; message: string }

export type Fleet = {
  /** Loss and accuracy of a model version on the digits of writers who never train. */
  judge(
    version: number,
    model: { assignment: Assignment; weights: Float32Array },
  ): Promise<Record<string, number>>
  /** Every client leaves; resolves when the threads have ended. */
  leave(): Promise<void>
}

/** Starts the clients, spread over threads, and resolves when all of them have been welcomed. */
export const startFleet = async (options: {
  url: string
  token: string
  task: string
  writers: readonly Digits[]
  heldOut: Digits
  threads: number
  hear(report: FleetReport): void
}): Promise<Fleet> => {
  const { url, token, task, writers, threads } = options
  const judging = new Map<number, (metrics: Record<string, number>) => void>()
  const workers = await Promise.all(
    Array.from({ length: threads }, (_, i) =>
      startWorker(
        {
          url,
          token,
          task,
          writers: writers.filter((_, index) => index % threads === i),
          heldOut: i === 0 ? options.heldOut : undefined,
        },
        (report) => {
          if (report.type === 'backend' && i > 0) return // every thread says the same
          if (report.type === 'judged') judging.get(report.version)?.(report.metrics)
          else options.hear(report)
        },
      ),
    ),
  )
  const order = (worker: Worker | undefined, message: FleetOrder) => worker?.postMessage(message)
  return {
    judge: (version, model) =>
      new Promise((resolve) => {
        judging.set(version, resolve)
        order(workers[0], { type: 'judge', version, model })
      }),
    async leave() {
      const gone = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
      for (const worker of workers) order(worker, { type: 'leave' })
      await Promise.all(gone)
    },
  }
}

const startWorker = (data: FleetWorkerData, hear: (report: FleetReport) => void): Promise<Worker> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./client-worker.ts', import.meta.url), { workerData: data })
    worker.on('message', (report: FleetReport) => {
      if (report.type === 'ready') resolve(worker)
      else hear(report)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a thread of clients ended with ${code}`)))
  })
