/** The calls that are open, and the worker that they are at: at most one, ended when a call goes wrong there, and made anew for the rest. */
import { unreachable } from '@tributary/protocols'
import type { Cancel, Clock } from '@tributary/protocols/platform'
import { messageOf, TributaryError } from '../tributary-error.ts'
import type { Call } from './call.ts'
import { errorOf, workerFailed } from './faults.ts'
import { type HiredWorker, hireWorker } from './hired-worker.ts'
import { outOfMemory, outOfTime, STOP_MS, type TrainingLimits } from './limits.ts'
import { createMemoryBound, type MemoryBound } from './memory-bound.ts'
import type { WorkerMessage } from './messages.ts'
import type { AnyWorker } from './worker-line.ts'

export type WorkBench = {
  run(call: Call): void
  /** Ends the worker; calls that are open fail. */
  clear(): void
}

type Needs = {
  create(): AnyWorker
  limits: TrainingLimits
  idleMs: number
  answerMs: number
  clock: Clock
  log(line: string): void
}

type Open = {
  id: number
  call: Call
  /** Whether a worker has it. */
  is: 'waiting' | 'posted'
  /** Timers and listeners of the call. */
  limit: Cancel
  grace: Cancel
  unlisten: Cancel
}

type Hired = { worker: HiredWorker; ready: Extract<WorkerMessage, { tributary: 'ready' }> | undefined }

export const createWorkBench = ({ create, limits, idleMs, answerMs, clock, log }: Needs): WorkBench => {
  const { trainSeconds, memoryMegabytes } = limits
  const open = new Map<number, Open>()
  let made = 0
  let hired: Hired | undefined
  let cancelIdle: Cancel = () => {}

  const memory: MemoryBound | undefined =
    memoryMegabytes === undefined
      ? undefined
      : createMemoryBound({
          megabytes: memoryMegabytes,
          clock,
          log,
          exceeded(held) {
            const problem = `the worker holds ${held.toFixed(0)} MB, and the app allows ${memoryMegabytes} while it trains`
            replace(({ call }) => (call.kind === 'train' ? outOfMemory(problem) : undefined))
          },
        })

  const letGo = () => {
    cancelIdle()
    memory?.rest()
    hired?.worker.end()
    hired = undefined
  }

  const close = (one: Open): void => {
    one.limit()
    one.grace()
    one.unlisten()
    open.delete(one.id)
    if (![...open.values()].some(({ call }) => call.kind === 'train')) memory?.rest()
    if (!hired || open.size > 0) return
    hired.worker.expect('none')
    cancelIdle = clock.wakeAt(clock.now() + idleMs, letGo)
  }

  const fail = (one: Open, error: unknown) => {
    close(one)
    const { call } = one
    call.failed(call.signal?.aborted ? call.signal.reason : error)
  }

  /** Ends the worker, and the calls that there is a reason for; the others go to another worker. */
  const replace = (reasonFor: (one: Open) => unknown) => {
    letGo()
    for (const one of [...open.values()]) {
      const reason = reasonFor(one)
      if (reason !== undefined) fail(one, reason)
      else putBack(one)
    }
    if (open.size > 0) start()
  }

  const putBack = (one: Open) => {
    one.limit()
    one.is = 'waiting'
  }

  const start = () => {
    try {
      const needs = { create, clock, answerMs, heard, dead }
      hired = { worker: hireWorker(needs), ready: undefined }
    } catch (error) {
      for (const one of [...open.values()]) fail(one, error)
    }
  }

  const dead = ({ problem, cause }: { problem: string; cause?: unknown }) => {
    const error = isOutOfMemory(cause)
      ? outOfMemory('the worker’s heap has reached the bound that it was given', cause)
      : workerFailed(problem, cause)
    // It is the training that is likely to have done it: what else was asked is asked once more.
    const trains = [...open.values()].some(({ call }) => call.kind === 'train')
    replace(({ call }) => (trains && call.kind !== 'train' ? undefined : error))
  }

  const post = (one: Open, { worker, ready }: Hired) => {
    if (!ready) return
    const { call, id } = one
    try {
      const { message, transfer } = call.posting(id, worker.keyOf)
      worker.post(message, transfer)
    } catch (cause) {
      return fail(one, cannotPass(call.kind, cause))
    }
    one.is = 'posted'
    if (call.kind !== 'train') return
    memory?.watch(ready)
    if (trainSeconds !== undefined)
      one.limit = clock.wakeAt(clock.now() + trainSeconds * 1_000, () =>
        replace((other) => (other === one ? outOfTime(trainSeconds) : undefined)),
      )
  }

  const abort = (one: Open, reason: unknown) => {
    if (one.is === 'waiting' || !hired) return fail(one, reason)
    hired.worker.post({ tributary: 'abort', call: one.id })
    one.grace = clock.wakeAt(clock.now() + STOP_MS, () =>
      replace((other) => (other === one ? reason : undefined)),
    )
  }

  const heard = (message: WorkerMessage) => {
    switch (message.tributary) {
      case 'ready':
        if (!hired) return
        hired.ready = message
        for (const one of [...open.values()]) post(one, hired)
        return
      case 'alive':
        return memory?.heard(message.bytes ?? 0)
      case 'progress': {
        const { fraction, loss } = message
        return open.get(message.call)?.call.told({ fraction, ...(loss !== undefined && { loss }) })
      }
      case 'done': {
        const one = open.get(message.call)
        if (!one) return
        close(one)
        return one.call.answered(message.answer)
      }
      case 'failed': {
        const one = open.get(message.call)
        return one && fail(one, errorOf(message.fault))
      }
      default:
        return unreachable(message)
    }
  }

  return {
    run(call) {
      cancelIdle()
      const { signal } = call
      const one: Open = { id: made++, call, is: 'waiting', limit: NOTHING, grace: NOTHING, unlisten: NOTHING }
      const stop = () => abort(one, signal?.reason)
      signal?.addEventListener('abort', stop, { once: true })
      one.unlisten = () => signal?.removeEventListener('abort', stop)
      open.set(one.id, one)
      if (!hired) return start()
      hired.worker.expect('some')
      post(one, hired)
    },
    clear() {
      const gone = workerFailed('the app has ended the worker')
      replace(() => gone)
    },
  }
}

const NOTHING: Cancel = () => {}

/** What Node says of a thread that has reached `resourceLimits`. */
const isOutOfMemory = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'

const cannotPass = (kind: Call['kind'], cause: unknown) =>
  new TributaryError(
    {
      code: 'bad-options',
      problem: `what was given to ${kind} cannot be passed to a worker: ${messageOf(cause)}`,
      remedy: 'Give what `postMessage` takes: numbers, texts, arrays, typed arrays, plain objects',
    },
    { cause },
  )
