import type { BlobRef, Session } from '@tributary/protocols/messages'
import { digestOf } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import { memoryModelCache } from '../adapters/memory-model-cache.ts'
import type { DownloadAnswer } from '../ports/bulk.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import { createBlobLoader } from './load-blob.ts'

const session: Session = { token: 'a-session-of-tests', expiresAt: 9e12 }
const bytes = (name: number) => Uint8Array.of(name)
const refOf = (name: number): BlobRef => ({ digest: digestOf(bytes(name)), bytes: 1 })
const received = (name: number): DownloadAnswer => ({ kind: 'received', bytes: bytes(name) })
const never = () => new AbortController().signal

/** Downloads that end when the test says so, or when they are aborted. */
const aLoader = (cache: ModelCache = memoryModelCache()) => {
  const downloads: { ref: BlobRef; signal: AbortSignal; end(answer: DownloadAnswer): void }[] = []
  const load = createBlobLoader({
    cache,
    bulk: {
      download: (ref, _, signal) =>
        new Promise((resolve, reject) => {
          downloads.push({ ref, signal, end: resolve })
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
      upload: () => expect.fail('nothing is uploaded'),
    },
  })
  const begun = (count: number) => expect.poll(() => downloads.length).toBe(count)
  return { downloads, load, begun }
}

test('what has been downloaded is taken from the cache the next time', async () => {
  const { downloads, load, begun } = aLoader()
  const first = load(refOf(1), session, never())
  await begun(1)
  downloads[0]?.end(received(1))
  expect(await first).toEqual(received(1))
  expect(await load(refOf(1), session, never())).toEqual(received(1))
  expect(downloads).toHaveLength(1)
})

test('a cache that holds other bytes, or fails, costs a download', async () => {
  const cache: ModelCache = {
    get: async (digest) => {
      if (digest === refOf(2).digest) throw new Error('the cache is broken')
      return bytes(9)
    },
    put: () => Promise.reject(new Error('the cache is full')),
    clear: async () => {},
  }
  const { downloads, load, begun } = aLoader(cache)
  const loads = [1, 2].map((name) => load(refOf(name), session, never()))
  await begun(2)
  for (const [i, name] of [1, 2].entries()) downloads[i]?.end(received(name))
  expect(await Promise.all(loads)).toEqual([received(1), received(2)])
})

test('of a cache that keeps nothing it is told once, until it keeps again', async () => {
  const said: string[] = []
  const full = ['full', 'full', '', 'full']
  const load = createBlobLoader({
    cache: {
      get: async () => undefined,
      async put() {
        const problem = full.shift()
        if (problem) throw new Error(problem)
      },
    },
    bulk: { download: async () => received(1), upload: () => expect.fail('nothing is uploaded') },
    notCached: (error) => said.push(String(error)),
  })
  const heard = []
  for (const _ of [1, 2, 3, 4]) {
    expect(await load(refOf(1), session, never())).toEqual(received(1))
    heard.push(said.length)
  }
  expect(heard).toEqual([1, 1, 1, 2])
})

test('who wants the same bytes at the same time shares one load, from the look into the cache to its filling', async () => {
  const { downloads, load, begun } = aLoader()
  const loads = [load(refOf(1), session, never()), load(refOf(1), session, never())]
  const other = load(refOf(2), session, never())
  await begun(2)
  loads.push(load(refOf(1), session, never()))
  downloads[0]?.end(received(1))
  loads.push(load(refOf(1), session, never()))
  expect(await Promise.all(loads)).toEqual(loads.map(() => received(1)))
  downloads[1]?.end({ kind: 'interrupted' })
  expect(await other).toEqual({ kind: 'interrupted' })
  expect(downloads.map(({ ref }) => ref)).toEqual([refOf(1), refOf(2)])
})

test('what did not come is asked for anew', async () => {
  const { downloads, load, begun } = aLoader()
  const first = load(refOf(1), session, never())
  await begun(1)
  downloads[0]?.end({ kind: 'unauthenticated' })
  expect(await first).toEqual({ kind: 'unauthenticated' })
  const second = load(refOf(1), session, never())
  await begun(2)
  downloads[1]?.end(received(1))
  expect(await second).toEqual(received(1))
})

test('one that leaves is let go at once; the load goes on for the other', async () => {
  const { downloads, load, begun } = aLoader()
  const leaving = new AbortController()
  const left = load(refOf(1), session, leaving.signal)
  const stayed = load(refOf(1), session, never())
  await begun(1)
  leaving.abort(new Error('enough'))
  await expect(left).rejects.toThrow('enough')
  expect(downloads[0]?.signal.aborted).toBe(false)
  downloads[0]?.end(received(1))
  expect(await stayed).toEqual(received(1))
})

test('a load that nobody waits for is aborted, and nobody joins it any more', async () => {
  const { downloads, load, begun } = aLoader()
  const leaving = new AbortController()
  const left = [load(refOf(1), session, leaving.signal), load(refOf(1), session, leaving.signal)]
  await begun(1)
  leaving.abort(new Error('enough'))
  const later = load(refOf(1), session, never())
  for (const one of left) await expect(one).rejects.toThrow('enough')
  await begun(2)
  expect(downloads.map(({ signal }) => signal.aborted)).toEqual([true, false])
  downloads[1]?.end(received(1))
  expect(await later).toEqual(received(1))
})

test('with a signal that has aborted nothing begins', async () => {
  const { downloads, load } = aLoader()
  await expect(load(refOf(1), session, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  expect(downloads).toEqual([])
})
