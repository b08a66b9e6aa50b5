import { virtualClock } from '@tributary/protocols/runtime'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEntry, NOON } from '../adapters/contracts/arrange.ts'
import type { AuditRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { CHAIN_START, chainEntry } from './chain.ts'
import { createAuditVerification } from './verification.ts'

let log: AuditRecord[]
let read: number
let clock: ReturnType<typeof virtualClock>
let verify: ReturnType<typeof createAuditVerification>

const append = (count: number) => {
  for (let left = count; left > 0; left--)
    log.push(chainEntry(log.at(-1) ?? CHAIN_START, anEntry({ subject: `${log.length}` })))
}
const alter = (sequence: number, change: Partial<AuditRecord>) => {
  log = log.map((record) => (record.sequence === sequence ? { ...record, ...change } : record))
}
const audit: Store['audit'] = async ({ limit, after = 0 }) => {
  const page = log.filter(({ sequence }) => sequence > after).slice(0, limit)
  read += page.length
  return page
}
const readBy = async () => {
  read = 0
  const verdict = await verify()
  return { ...verdict, read }
}

beforeEach(() => {
  log = []
  read = 0
  clock = virtualClock(NOON)
  verify = createAuditVerification({ clock, store: { audit } })
})

describe('the verification of a log that grows', () => {
  test('of nothing is intact', async () => {
    expect(await readBy()).toMatchObject({ head: CHAIN_START, broken: undefined })
  })

  test('reads what is new, and the last entry that it knows', async () => {
    append(1_000)
    expect(await readBy()).toMatchObject({ head: { sequence: 1_000 }, broken: undefined, read: 1_000 })
    append(7)
    expect(await readBy()).toMatchObject({
      head: { sequence: 1_007, hash: log.at(-1)?.hash },
      broken: undefined,
      read: 8,
    })
  })

  test('is one at a time, whoever asks', async () => {
    append(500)
    read = 0
    const verdicts = await Promise.all([verify(), verify(), verify()])
    expect(read).toBe(500)
    expect(new Set(verdicts).size).toBe(1)
  })

  test('lets others have their turn', async () => {
    append(2_000)
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    await verify()
    clearInterval(turning)
    expect(turns).toBeGreaterThan(0)
  })

  test('reads all of it again after an hour', async () => {
    append(300)
    await verify()
    alter(3, { actor: 'Eve' })
    expect(await readBy()).toMatchObject({ broken: undefined })
    clock.advanceTo(NOON + 3_600_000)
    expect(await readBy()).toMatchObject({
      broken: { sequence: 3, reason: 'altered' },
      head: { sequence: 2 },
    })
  })
})

describe('the verification of a log that was tampered with', () => {
  beforeEach(async () => {
    append(300)
    await verify()
  })

  test('names what is wrong among the new, every time', async () => {
    append(3)
    alter(302, { actor: 'Eve' })
    for (const _ of [1, 2])
      expect(await verify()).toMatchObject({
        broken: { sequence: 302, reason: 'altered' },
        head: { sequence: 301 },
      })
  })

  test('sees that the entry it knew last is another, and what was changed before it', async () => {
    alter(300, { actor: 'Eve' })
    alter(7, { actor: 'Eve' })
    for (const _ of [1, 2])
      expect(await verify()).toMatchObject({
        broken: { sequence: 7, reason: 'altered' },
        head: { sequence: 6 },
      })
  })

  test('sees that entries were cut off, though what is left holds together, every time', async () => {
    log = log.slice(0, 250)
    for (const _ of [1, 2])
      expect(await verify()).toEqual({
        broken: { sequence: 251, reason: 'cut-off' },
        head: { sequence: 250, hash: log.at(-1)?.hash },
      })
  })

  test('sees that the log was written anew, though it holds together', async () => {
    log = log.slice(0, 250)
    append(100)
    log = []
    for (let n = 0; n < 350; n++) log.push(chainEntry(log.at(-1) ?? CHAIN_START, anEntry({ actor: 'Eve' })))
    for (const _ of [1, 2])
      expect(await verify()).toMatchObject({ broken: { sequence: 300, reason: 'written-anew' } })
  })
})

test('a log that cannot be read at the moment is no verdict, and is verified at the next call', async () => {
  append(3)
  let failing = true
  const flaky = createAuditVerification({
    clock,
    store: {
      audit: async (page) => {
        if (failing) throw new Error('the connection was lost')
        return audit(page)
      },
    },
  })
  await expect(flaky()).rejects.toThrow('the connection was lost')
  failing = false
  expect(await flaky()).toMatchObject({ head: { sequence: 3 }, broken: undefined })
})
