import { Digest } from '@tributary/protocols'
import { expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { Bulk, DownloadAnswer, Upload, UploadAnswer } from '../ports/bulk.ts'
import { meteredBulk } from './metered-bulk.ts'
import { createUsageLedger } from './usage-ledger.ts'

const session = { token: 'a-session-token-of-tests', expiresAt: 1 }
const { signal } = new AbortController()
const ref = (name: string, bytes: number) => ({
  digest: Digest.parse(`sha256:${name.repeat(64)}`),
  bytes,
})
const upload = { envelope: new Uint8Array(70) } as Upload

const aMeter = (bytesPerMonth?: number) => {
  const ledger = createUsageLedger({
    records: memoryRecordStore(),
    clock: { now: () => 1_000_000 },
    budget: { bytesPerMonth },
  })
  const way = {
    down: { kind: 'received', bytes: new Uint8Array() } as DownloadAnswer,
    up: { kind: 'interrupted' } as UploadAnswer,
    offline: false,
    asked: [] as string[],
    meanwhile: () => {},
  }
  const bulk: Bulk = {
    async download() {
      way.asked.push('download')
      way.meanwhile()
      return way.down
    },
    async upload() {
      way.asked.push('upload')
      return way.up
    },
  }
  const metered = meteredBulk({ bulk, charge: ledger.charge, offline: () => way.offline })
  const used = async () => {
    const { down, up } = await ledger.usage()
    return [down, up]
  }
  return { metered, way, used }
}

test('a download counts once, however often it is interrupted, and again when it is done again', async () => {
  const { metered, way, used } = aMeter()
  way.down = { kind: 'interrupted' }
  await metered.download(ref('a', 100), session, signal)
  await metered.download(ref('a', 100), session, signal)
  expect(await used()).toEqual([100, 0])
  way.down = { kind: 'received', bytes: new Uint8Array() }
  await metered.download(ref('a', 100), session, signal)
  expect(await used()).toEqual([100, 0])
  await metered.download(ref('a', 100), session, signal)
  await metered.download(ref('b', 7), session, signal)
  expect(await used()).toEqual([207, 0])
})

test('a server that breaks off for ever is not downloaded from for ever by the same budget', async () => {
  const { metered, way, used } = aMeter(350)
  way.down = { kind: 'interrupted' }
  let answer: DownloadAnswer = way.down
  for (let times = 0; times < 100 && answer.kind === 'interrupted'; times++)
    answer = await metered.download(ref('a', 100), session, signal)
  expect(answer.kind).toBe('refused')
  expect(await used()).toEqual([300, 0])
  expect(way.asked).toHaveLength(3 * 17)
})

test('a download that was given up, or let go of for another, begins from the first byte and counts again', async () => {
  const { metered, way, used } = aMeter(350)
  const giveUp = new AbortController()
  way.meanwhile = () => {
    giveUp.abort(new Error('the round is over'))
    giveUp.signal.throwIfAborted()
  }
  await expect(metered.download(ref('a', 100), session, giveUp.signal)).rejects.toThrow('the round is over')
  way.meanwhile = () => {}
  way.down = { kind: 'interrupted' }
  await metered.download(ref('a', 100), session, signal)
  await metered.download(ref('b', 7), session, signal)
  await metered.download(ref('a', 100), session, signal)
  expect(await used()).toEqual([307, 0])
})

test('every attempt of an upload counts, but those that begin without a network', async () => {
  const { metered, way, used } = aMeter()
  await metered.upload(upload, signal)
  await metered.upload(upload, signal)
  expect(await used()).toEqual([0, 140])
  way.offline = true
  await metered.upload(upload, signal)
  expect(await used()).toEqual([0, 140])
  expect(way.asked).toHaveLength(3)
})

test('what would pass the budget is refused before it begins', async () => {
  const { metered, way, used } = aMeter(150)
  await metered.download(ref('a', 100), session, signal)
  expect(await metered.upload(upload, signal)).toMatchObject({ kind: 'refused' })
  expect(await metered.download(ref('b', 51), session, signal)).toEqual({
    kind: 'refused',
    detail: 'this device has transferred 100 bytes this month; 51 more would pass the 150 that it may',
  })
  expect(way.asked).toEqual(['download'])
  expect(await used()).toEqual([100, 0])
})

test('what is given up before it begins is not begun, and costs nothing', async () => {
  const { metered, way, used } = aMeter()
  const aborted = AbortSignal.abort(new Error('left'))
  await expect(metered.download(ref('a', 100), session, aborted)).rejects.toThrow('left')
  await expect(metered.upload(upload, aborted)).rejects.toThrow('left')
  expect(way.asked).toEqual([])
  expect(await used()).toEqual([0, 0])
})

test('what cannot be written down is not transferred', async () => {
  const way = { asked: 0 }
  const bulk: Bulk = {
    download: async () => {
      way.asked++
      return { kind: 'interrupted' }
    },
    upload: async () => ({ kind: 'interrupted' }),
  }
  const charge = () => Promise.reject(new Error('disk full'))
  const metered = meteredBulk({ bulk, charge, offline: () => false })
  expect(await metered.download(ref('a', 100), session, signal)).toEqual({
    kind: 'refused',
    detail: 'what this device uses cannot be written down: disk full',
  })
  expect(way.asked).toBe(0)
})
