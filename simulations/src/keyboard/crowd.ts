import { Worker } from 'node:worker_threads'
import type { TrainingModel } from '@tributary/client-sdk'
import type { Judged } from '@tributary/example-keyboard/story'
import type { Person } from './people.ts'

export type CrowdWorkerData = {
  url: string
  token: string
  speakers: readonly Person[]
  heldOut: readonly string[]
}

export type CrowdOrder = { type: 'judge'; version: number; model: TrainingModel } | { type: 'leave' }

export type CrowdReport =
  | { type: 'ready' }
  | { type: 'judged'; judged: Judged }
  | { type: 'problem'; message: string }

/** The speakers, as clients in threads. */
export type Crowd = {
  /** How a version does on the lines that nobody trains on. */
  judge(version: number, model: TrainingModel): Promise<Judged>
  /** Every client leaves; resolves when the threads have ended. */
  leave(): Promise<void>
}

/** Starts the clients, and resolves when all of them have been welcomed. */
export const startCrowd = async (options: {
  url: string
  token: string
  speakers: readonly Person[]
  heldOut: readonly string[]
  threads: number
  problem(message: string): void
}): Promise<Crowd> => {
  const { url, token, speakers, heldOut, threads } = options
  const waiting = new Map<number, (judged: Judged) => void>()
  const hear = (report: CrowdReport) => {
    if (report.type === 'problem') options.problem(report.message)
    if (report.type === 'judged') waiting.get(report.judged.version)?.(report.judged)
  }
  const workers = await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      startWorker(
        { url, token, heldOut, speakers: speakers.filter((_, index) => index % threads === thread) },
        hear,
      ),
    ),
  )
  const order = (worker: Worker | undefined, message: CrowdOrder) => worker?.postMessage(message)
  return {
    judge: (version, model) =>
      new Promise((resolve) => {
        waiting.set(version, resolve)
        order(workers[0], { type: 'judge', version, model })
      }),
    async leave() {
      const gone = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
      for (const worker of workers) order(worker, { type: 'leave' })
      await Promise.all(gone)
    },
  }
}

const startWorker = (data: CrowdWorkerData, hear: (report: CrowdReport) => void): Promise<Worker> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./crowd-worker.ts', import.meta.url), { workerData: data })
    worker.on('message', (report: CrowdReport) => {
      if (report.type === 'ready') resolve(worker)
      else hear(report)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a thread of speakers ended with ${code}`)))
  })
