import { Worker } from 'node:worker_threads'

export type FleetWorkerData = {
  /** Each client goes to one of these, in turn. */
  urls: readonly string[]
  token: string
  task: string
  clients: number
  /** Parameters of the model: the update has one tensor `w` of as many float32. */
  elements: number
  /** Whether sealed updates wait for the order to upload. */
  hold: boolean
  /** Whether the weights of an invitation are downloaded where they are new. */
  download: boolean
}

export type FleetOrder = { type: 'upload' } | { type: 'leave' }

export type FleetReport =
  | { type: 'ready' }
  | { type: 'sealed' }
  | { type: 'acknowledged'; ms: number }
  /** What must not be: an answer that is no receipt, a refused message, a line that was cut. */
  | { type: 'failed'; why: string }

export type Fleet = {
  /** Milliseconds from request to receipt, of every update so far. */
  latenciesMs: number[]
  /** Lets held updates go; resolves when `count` updates in all have been acknowledged. */
  upload(): void
  acknowledged(count: number): Promise<void>
  sealed(count: number): Promise<void>
  /** Throws what went wrong for one of them. */
  check(): void
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
      if (report.type === 'failed') failed ??= new Error(report.why)
      notice()
    })
    worker.on('error', (error) => {
      failed ??= error as Error
      notice()
    })
    return worker
  })
  const order = (message: FleetOrder) => {
    for (const worker of workers) worker.postMessage(message)
  }
  const leave = async () => {
    order({ type: 'leave' })
    await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))))
  }
  await until(() => ready === threads).catch(async (error: unknown) => {
    await Promise.all(workers.map((worker) => worker.terminate()))
    throw error
  })
  return {
    latenciesMs,
    upload: () => order({ type: 'upload' }),
    acknowledged: (count) => until(() => latenciesMs.length >= count),
    sealed: (count) => until(() => sealed >= count),
    check() {
      if (failed) throw failed
    },
    leave,
  }
}
