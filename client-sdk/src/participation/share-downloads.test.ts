import type { BlobRef, Session } from '@tributary/protocols/messages'
import { digestOf } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import type { Bulk, DownloadAnswer } from '../ports/bulk.ts'
import { shareDownloads } from './share-downloads.ts'

const session: Session = { token: 'a-session-of-tests', expiresAt: 9e12 }
const refOf = (name: number): BlobRef => ({ digest: digestOf(Uint8Array.of(name)), bytes: 1 })
const received: DownloadAnswer = { kind: 'received', bytes: Uint8Array.of(1) }

/** Transfers that end when the test says so, or when they are aborted. */
const aNetwork = () => {
  const transfers: { ref: BlobRef; signal: AbortSignal; end(answer: DownloadAnswer): void }[] = []
  const network: Bulk['download'] = (ref, _, signal) =>
    new Promise((resolve, reject) => {
      transfers.push({ ref, signal, end: resolve })
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  return { transfers, download: shareDownloads(network) }
}

const never = () => new AbortController().signal

test('who asks for the same bytes at the same time shares one transfer, and its answer', async () => {
  const { transfers, download } = aNetwork()
  const asked = [download(refOf(1), session, never()), download(refOf(1), session, never())]
  const other = download(refOf(2), session, never())
  expect(transfers.map(({ ref }) => ref)).toEqual([refOf(1), refOf(2)])
  transfers[0]?.end(received)
  expect(await Promise.all(asked)).toEqual([received, received])
  transfers[1]?.end({ kind: 'interrupted' })
  expect(await other).toEqual({ kind: 'interrupted' })
})

test('who asks after the end begins a transfer of its own', async () => {
  const { transfers, download } = aNetwork()
  const first = download(refOf(1), session, never())
  transfers[0]?.end({ kind: 'unauthenticated' })
  expect(await first).toEqual({ kind: 'unauthenticated' })
  const second = download(refOf(1), session, never())
  transfers[1]?.end(received)
  expect(await second).toEqual(received)
})

test('one that leaves is let go at once; the transfer goes on for the other', async () => {
  const { transfers, download } = aNetwork()
  const leaving = new AbortController()
  const left = download(refOf(1), session, leaving.signal)
  const stayed = download(refOf(1), session, never())
  leaving.abort(new Error('enough'))
  await expect(left).rejects.toThrow('enough')
  expect(transfers[0]?.signal.aborted).toBe(false)
  transfers[0]?.end(received)
  expect(await stayed).toEqual(received)
})

test('a transfer that nobody waits for is aborted, and nobody joins it any more', async () => {
  const { transfers, download } = aNetwork()
  const leaving = new AbortController()
  const asked = [download(refOf(1), session, leaving.signal), download(refOf(1), session, leaving.signal)]
  leaving.abort(new Error('enough'))
  const later = download(refOf(1), session, never())
  for (const left of asked) await expect(left).rejects.toThrow('enough')
  expect(transfers.map(({ signal }) => signal.aborted)).toEqual([true, false])
  transfers[1]?.end(received)
  expect(await later).toEqual(received)
})

test('with a signal that has aborted nothing begins', () => {
  const { transfers, download } = aNetwork()
  expect(() => download(refOf(1), session, AbortSignal.abort(new Error('enough')))).toThrow('enough')
  expect(transfers).toEqual([])
})
