/** A thread that takes masks off: gets chunks of jobs, adds their masks up, and gives the sum when it is asked for. */
import { parentPort } from 'node:worker_threads'
import { loadKernels, type ModularAccumulator } from '@tributary/protocols/kernels'
import { maskOfJob, type UnmaskJob } from '@tributary/protocols/secagg'
import { loadEnvelopePrimitives } from '../crypto/native-primitives.ts'

export type UnmaskOrder =
  | { type: 'begin'; length: number; sessionId: Uint8Array }
  | { type: 'chunk'; jobs: readonly UnmaskJob[] }
  | { type: 'finish' }

export type UnmaskReport = { type: 'done'; jobs: number } | { type: 'sum'; words: Uint32Array }

const port = parentPort
if (!port) throw new Error('this file runs as a worker')
const kernels = await loadKernels()
const { primitives } = await loadEnvelopePrimitives()
let sum: ModularAccumulator | undefined
let sessionId = new Uint8Array()

const report = (message: UnmaskReport, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

port.on('message', (order: UnmaskOrder) => {
  switch (order.type) {
    case 'begin':
      sum?.release()
      sum = kernels.modularAccumulator(order.length)
      sessionId = new Uint8Array(order.sessionId)
      return
    case 'chunk':
      for (const job of order.jobs) {
        const mask = maskOfJob(sessionId, job, primitives.x25519)
        sum?.addMask(mask)
        mask.key.fill(0)
      }
      // One secret key opens all pair masks of its member: it is erased once none of them is left to make.
      for (const job of order.jobs) (job.kind === 'self' ? job.seed : job.secretKey).fill(0)
      return report({ type: 'done', jobs: order.jobs.length })
    case 'finish': {
      const words = new Uint32Array(sum?.read() ?? [])
      sum?.release()
      sum = undefined
      return report({ type: 'sum', words }, [words.buffer])
    }
    default:
      return order satisfies never
  }
})
