import type { Worker } from 'node:worker_threads'
import { keyPairFromSecret } from '@tributary/protocols/crypto'
import { loadKernels } from '@tributary/protocols/kernels'
import { seededRandom } from '@tributary/protocols/runtime'
import { addMasks, maskOfJob, type UnmaskJob } from '@tributary/protocols/secagg'
import { afterEach, describe, expect, test } from 'vitest'
import { nodeX25519 } from '../crypto/native-primitives.ts'
import { createUnmasking, type Unmasking } from './unmasking.ts'

const kernels = await loadKernels()
const sessionId = seededRandom('session').bytes(32)

const someJobs = (count: number): UnmaskJob[] => {
  const random = seededRandom('jobs')
  // As they are recovered: one key for all pairs of a member who dropped out.
  const secretKey = random.bytes(32)
  return Array.from(
    { length: count },
    (_, member): UnmaskJob =>
      member % 3 === 0
        ? { kind: 'self', member, seed: random.bytes(32) }
        : {
            kind: 'pair',
            survivor: member,
            dropped: count + 1,
            secretKey,
            peerPublicKey: keyPairFromSecret(random.bytes(32), nodeX25519).publicKey,
          },
  )
}

const plainSum = (jobs: readonly UnmaskJob[], length: number): Uint32Array => {
  const sum = kernels.modularAccumulator(length)
  addMasks(
    sum,
    jobs.map((job) => maskOfJob(sessionId, job, nodeX25519)),
  )
  const words = sum.read().slice()
  sum.release()
  return words
}

describe('masks that are taken off over threads', () => {
  const opened: Unmasking[] = []
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.stop()
    process.removeAllListeners('worker')
  })
  /** Those that this test starts from here on. */
  const threadsStarted = (): Worker[] => {
    const started: Worker[] = []
    process.on('worker', (worker) => started.push(worker))
    return started
  }
  const over = (threads: number) => {
    const unmasking = createUnmasking({ kernels, x25519: nodeX25519, threads })
    opened.push(unmasking)
    return unmasking
  }

  test.each([1, 2, 3, 4])('add up to what they do in one, over %i', async (threads) => {
    const length = 300_000
    const jobs = someJobs(40)
    const told: number[] = []
    const words = await over(threads).unmask({
      sessionId,
      jobs,
      length,
      progress: ({ done, of }) => told.push(done / of),
    })
    expect(Buffer.from(words.buffer).equals(Buffer.from(plainSum(jobs, length).buffer))).toBe(true)
    expect([told.at(-1), told.toSorted((a, b) => a - b)]).toEqual([1, told])
  })

  test('are few enough for none: a small sum starts no thread', async () => {
    const started = threadsStarted()
    const jobs = someJobs(5)
    expect(await over(4).unmask({ sessionId, jobs, length: 100 })).toEqual(plainSum(jobs, 100))
    expect(started).toEqual([])
  })

  test.each([1, 3])('are the same when a thread of %i dies in the middle', async (threads) => {
    const length = 300_000
    const jobs = someJobs(60)
    const started = threadsStarted()
    let killed = false
    const words = await over(threads).unmask({
      sessionId,
      jobs,
      length,
      progress() {
        if (!killed) void started[0]?.terminate()
        killed = true
      },
    })
    expect([killed, started.length]).toEqual([true, threads])
    expect(Buffer.from(words.buffer).equals(Buffer.from(plainSum(jobs, length).buffer))).toBe(true)
  })

  test.each([1, 2])('are called off in the middle, over %i, and at once', async (threads) => {
    const abort = new AbortController()
    const reason = new Error('no longer wanted')
    const sum = over(threads).unmask({
      sessionId,
      jobs: someJobs(400),
      length: 1_000_000,
      signal: abort.signal,
      progress: () => abort.abort(reason),
    })
    await expect(sum).rejects.toBe(reason)
  })

  test('are left when the coordinator stops, and no thread with them', async () => {
    const started = threadsStarted()
    const unmasking = over(2)
    const sum = unmasking.unmask({ sessionId, jobs: someJobs(400), length: 1_000_000 })
    sum.catch(() => {})
    await unmasking.stop()
    await expect(sum).rejects.toThrow('stopping')
    // A thread that has ended has no number.
    expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1])
  })
})
