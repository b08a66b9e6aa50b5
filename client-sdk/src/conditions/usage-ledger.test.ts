import { roundId, TaskId } from '@tributary/protocols'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { type Budget, createUsageLedger } from './usage-ledger.ts'

beforeEach(() => void vi.stubEnv('TZ', 'UTC'))
afterEach(() => void vi.unstubAllEnvs())

const round = (number: number) => roundId(TaskId.parse('line'), number)
const DAY = 86_400_000

const aLedger = (budget: Budget, records: RecordStore = memoryRecordStore()) => {
  const clock = { time: Date.parse('2026-05-05T12:00:00Z'), now: () => clock.time }
  const restarted = () => createUsageLedger({ records, clock, budget })
  return { ledger: restarted(), restarted, records, clock }
}
const conditionsOf = (objections: { condition: string }[]) => objections.map(({ condition }) => condition)

test('a budget of rounds holds over restarts, until the next day', async () => {
  const { ledger, restarted, clock } = aLedger({ roundsPerDay: 1 })
  expect(await ledger.take(round(1))).toEqual([])
  expect(conditionsOf(await ledger.take(round(2)))).toEqual(['roundsPerDay'])
  expect(conditionsOf(await restarted().take(round(2)))).toEqual(['roundsPerDay'])
  expect(await restarted().take(round(1))).toEqual([])
  clock.time += DAY
  expect(await restarted().take(round(2))).toEqual([])
})

test('two rounds that are asked for in turn, again and again, are not trained for ever: beyond what reloads account for, each counts', async () => {
  const { restarted, clock } = aLedger({ roundsPerDay: 2 })
  const takenOf = async (asked: number) => {
    let taken = 0
    for (let ask = 0; ask < asked; ask++)
      if ((await restarted().take(round(1 + (ask % 2)))).length === 0) taken++
    return taken
  }
  expect(await takenOf(200)).toBe(2 + 16)
  clock.time += DAY
  expect(await takenOf(200)).toBe(16 + 2)
})

test('a round is durable when it is taken, and not taken when it cannot be', async () => {
  const records = memoryRecordStore()
  let full = true
  const { ledger, restarted } = aLedger(
    { roundsPerDay: 1 },
    {
      ...records,
      save: async (...kept) => (full ? Promise.reject(new Error('disk full')) : records.save(...kept)),
    },
  )
  await expect(ledger.take(round(1))).rejects.toThrow('disk full')
  full = false
  expect(await ledger.take(round(2))).toEqual([])
  expect((await restarted().usage()).rounds).toBe(1)
})

test('of rounds that ask at the same time, no more are taken than there is budget for', async () => {
  const { ledger } = aLedger({ roundsPerDay: 3 })
  const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => ledger.take(round(number + 1))))
  expect(answers.filter((objections) => objections.length === 0)).toHaveLength(3)
})

test('bytes add up in both directions, to the budget and not beyond, until the next month', async () => {
  const { ledger, restarted, clock } = aLedger({ bytesPerMonth: 100 })
  expect(await ledger.charge({ down: 60, up: 0 })).toEqual([])
  expect(conditionsOf(await ledger.charge({ down: 0, up: 41 }))).toEqual(['bytesPerMonth'])
  expect(await ledger.charge({ down: 0, up: 40 })).toEqual([])
  expect(await restarted().usage()).toMatchObject({ down: 60, up: 40 })
  clock.time = Date.parse('2026-06-01T00:00:00Z')
  expect(await restarted().usage()).toMatchObject({ down: 0, up: 0 })
})

describe('a record that cannot be read', () => {
  const kept = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const fine = { format: 1, at: 0, rounds: 0, latest: [], again: 0, down: 0, up: 0, unreadable: false }
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no JSON', new TextEncoder().encode('{')],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['null', kept(null)],
    ['another format', kept({ ...fine, format: 2 })],
    ['fewer than no rounds', kept({ ...fine, rounds: -1 })],
    ['half a byte', kept({ ...fine, down: 0.5 })],
    ['half a time', kept({ ...fine, again: 0.5 })],
    ['no time', kept({ ...fine, at: '2026' })],
    ['more than it holds', kept({ ...fine, budget: 9 })],
    ['rounds that are none', kept({ ...fine, latest: ['../line'] })],
    [
      'more rounds than are remembered',
      kept({ ...fine, latest: Array.from({ length: 33 }, (_, i) => `line.${i + 1}`) }),
    ],
    ['a megabyte', new Uint8Array(1_000_000).fill(0x20)],
  ])('%s: nothing more today, and tomorrow it begins anew', async (_, bytes) => {
    const { restarted, records, clock } = aLedger({ roundsPerDay: 9, bytesPerMonth: 1_000 })
    await records.save('usage', bytes)
    expect(conditionsOf(await restarted().take(round(1)))).toEqual(['roundsPerDay', 'bytesPerMonth'])
    expect(conditionsOf(await restarted().charge({ down: 1, up: 0 }))).toEqual(['bytesPerMonth'])
    clock.time += DAY
    expect(await restarted().take(round(1))).toEqual([])
    expect(await restarted().charge({ down: 1, up: 0 })).toEqual([])
  })

  test('one of before askings were counted is read as ever', async () => {
    const { again: _, ...before } = { ...fine, rounds: 1 }
    const { ledger, records, clock } = aLedger({ roundsPerDay: 1 })
    await records.save('usage', kept({ ...before, at: clock.time }))
    expect(await ledger.usage()).toEqual({ ...fine, rounds: 1, at: clock.time })
  })

  test('any bytes at all leave a ledger that answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 100 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        async (bytes) => {
          const { ledger, records } = aLedger({ roundsPerDay: 1 })
          await records.save('usage', bytes)
          expect(conditionsOf(await ledger.take(round(1)))).toEqual(['roundsPerDay'])
        },
      ),
      { numRuns: 100 },
    )
  })
})
