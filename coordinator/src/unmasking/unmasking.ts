import { Worker } from 'node:worker_threads'
import type { X25519 } from '@tributary/protocols/crypto'
import type { Kernels } from '@tributary/protocols/kernels'
import { maskOfJob, type UnmaskJob } from '@tributary/protocols/secagg'
import type { Unmask } from '../engine/secure-sum.ts'
import type { UnmaskOrder, UnmaskReport } from './unmask-worker.ts'

type Work = Parameters<Unmask>[0]

export type Unmasking = {
  unmask: Unmask
  /** Ends what is at work, as its signal would, and every thread. */
  stop(): Promise<void>
}

/** Masks of fewer values together are taken off in this thread: about a hundredth of a second. */
const SMALL = 2 ** 22
/** Values of masks that a thread is handed at a time: it can be called off after so many. */
const CHUNK = 2 ** 22

/**
 * Adds masks up over threads. Sums are modulo 2³², so parts of them add up to the same words however the jobs were dealt. Threads live for one sum:
 * they hold secrets of no other. Where one dies, the whole sum is made again in this thread.
 */
export const createUnmasking = ({
  kernels,
  x25519,
  threads,
}: {
  kernels: Kernels
  x25519: X25519
  /** At most; at least one. The calling thread waits for them and is free for others. */
  threads: number
}): Unmasking => {
  const stopped = new AbortController()
  const atWork = new Set<Promise<unknown>>()

  const here = ({ sessionId, jobs, length }: Work): Uint32Array => {
    const sum = kernels.modularAccumulator(length)
    try {
      for (const job of jobs) {
        const mask = maskOfJob(sessionId, job, x25519)
        sum.addMask(mask)
        mask.key.fill(0)
      }
      return sum.read().slice()
    } finally {
      sum.release()
    }
  }

  const hereInTurns = async (work: Work, signal: AbortSignal): Promise<Uint32Array> => {
    const total = kernels.modularAccumulator(work.length)
    try {
      let done = 0
      for (const jobs of chunksOf(work)) {
        signal.throwIfAborted()
        total.add(here({ ...work, jobs }))
        done += jobs.length
        work.progress?.({ done, of: work.jobs.length })
        await new Promise((resolve) => setImmediate(resolve))
      }
      return total.read().slice()
    } finally {
      total.release()
    }
  }

  const unmask: Unmask = async (work) => {
    const signal = AbortSignal.any([stopped.signal, ...(work.signal ? [work.signal] : [])])
    signal.throwIfAborted()
    if (work.jobs.length * work.length <= SMALL) return here(work)
    try {
      return await overThreads(work, { threads, signal, kernels })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ThreadDied)) throw error
      return hereInTurns(work, signal)
    }
  }

  return {
    unmask(work) {
      const sum = unmask(work).finally(() => atWork.delete(sum))
      atWork.add(sum)
      return sum
    },
    async stop() {
      stopped.abort(new Error('the coordinator is stopping'))
      await Promise.allSettled(atWork)
    },
  }
}

class ThreadDied extends Error {
  override readonly name = 'ThreadDied'
}

/** Whoever is free takes the next chunk, so that a slow thread holds up nobody. */
const overThreads = async (
  work: Work,
  { threads, signal, kernels }: { threads: number; signal: AbortSignal; kernels: Kernels },
): Promise<Uint32Array> => {
  const chunks = chunksOf(work)
  const workers: Worker[] = []
  const wanted = Math.min(threads, chunks.length)
  const total = kernels.modularAccumulator(work.length)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  let done = 0
  let summing = 0
  const start = () => {
    const worker = new Worker(WORKER, {
      execArgv: FROM_SOURCE ? ['--conditions=source'] : [],
    })
    const tell = (order: UnmaskOrder) => worker.postMessage(order)
    const next = () => {
      const jobs = chunks.shift()
      tell(jobs ? { type: 'chunk', jobs } : { type: 'finish' })
    }
    worker.on('message', (message: UnmaskReport) => {
      if (message.type === 'sum') {
        total.add(message.words)
        if (++summing === workers.length) resolve()
        return
      }
      done += message.jobs
      work.progress?.({ done, of: work.jobs.length })
      next()
    })
    worker.on('error', (cause) => reject(new ThreadDied('a thread that takes masks off has died', { cause })))
    worker.on('exit', () => reject(new ThreadDied('a thread that takes masks off has ended')))
    tell({ type: 'begin', length: work.length, sessionId: work.sessionId })
    next()
    return worker
  }
  try {
    while (workers.length < wanted) workers.push(start())
    await promise
    return total.read().slice()
  } finally {
    signal.removeEventListener('abort', abort)
    total.release()
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

const chunksOf = ({ jobs, length }: Work): UnmaskJob[][] => {
  const size = Math.max(1, Math.floor(CHUNK / length))
  return Array.from({ length: Math.ceil(jobs.length / size) }, (_, i) => jobs.slice(i * size, (i + 1) * size))
}

const FROM_SOURCE = import.meta.url.endsWith('.ts')
/** Beside this file, as source or built. */
const WORKER = new URL(`./unmask-worker${FROM_SOURCE ? '.ts' : '.js'}`, import.meta.url)
