import { Worker } from 'node:worker_threads'

export type FleetWorkerData = {
  url: string
  token: string
  task: string
  clients: number
  /** Parameters of the model: the update has one tensor `w` of as many float32. */
  elements: number
  /** Whether sealed updates wait for the order to upload. */
  hold: boolean
}

export type FleetOrder = { type: 'upload' } | { type: 'leave' }

export type FleetReport =
  | { type: 'ready' }
  | { type: 'sealed' }
  | { type: 'acknowledged'; ms: number }
  | { type: 'refused'; status: number; body: string }

export type Fleet = {
  /** Milliseconds from request to receipt, of every update so far. */
  latenciesMs: number[]
  /** Lets held updates go; resolves when `count` updates in all have been acknowledged. */
  upload(): void
  acknowledged(count: number): Promise<void>
  sealed(count: number): Promise<void>
  leave(): Promise<void>
}

/** Raw clients on threads of their own, so that they and the coordinator do not share an event loop. */
export const startFleet = async (data: FleetWorkerData, threads: number): Promise<Fleet> => {
  const latenciesMs: number[] = []
  let sealed = 0
  let ready = 0
  const waiting = new Set<() => void>()
  let failed: Error | undefined
  const until = (done: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (failed) reject(failed)
        else if (done()) resolve()
        else return
        waiting.delete(check)
      }
      waiting.add(check)
      check()
    })
  const notice = () => {
    for (const check of [...waiting]) check()
  }
  const workers = Array.from({ length: threads }, (_, i) => {
    const clients = Math.floor(((i + 1) * data.clients) / threads) - Math.floor((i * data.clients) / threads)
    const worker = new Worker(new URL('./fleet-worker.ts', import.meta.url), {
      workerData: { ...data, clients } satisfies FleetWorkerData,
      execArgv: ['--conditions=source'],
    })
    worker.on('message', (report: FleetReport) => {
      if (report.type === 'ready') ready++
      if (report.type === 'sealed') sealed++
      if (report.type === 'acknowledged') latenciesMs.push(report.ms)
      if (report.type === 'refused')
        failed = new Error(`an update was answered ${report.status}: ${report.body}`)
      notice()
    })
    worker.on('error', (error) => {
      failed = error
      notice()
    })
    return worker
  })
  const order = (message: FleetOrder) => {
    for (const worker of workers) worker.postMessage(message)
  }
  await until(() => ready === threads)
  return {
    latenciesMs,
    upload: () => order({ type: 'upload' }),
    acknowledged: (count) => until(() => latenciesMs.length >= count),
    sealed: (count) => until(() => sealed >= count),
    async leave() {
      order({ type: 'leave' })
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))))
    },
  }
}
