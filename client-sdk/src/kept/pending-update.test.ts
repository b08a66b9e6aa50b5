import { ClientId, Digest, TaskId } from '@tributary/protocols'
import { createKeyPair, identityFromSeed } from '@tributary/protocols/crypto'
import { seededRandom } from '@tributary/protocols/runtime'
import { sealUpdate } from '@tributary/protocols/updates'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { anInvitation, round, task } from '../participation/participate.builders.ts'
import { pack, unpack } from './packed-record.ts'
import { createPendingUpdate } from './pending-update.ts'

const identity = identityFromSeed(new Uint8Array(32).fill(1))
const DAY = 86_400_000
const OTHER = TaskId.parse('another-task')

const aStage = (bytes = 100) => {
  const records = memoryRecordStore()
  const faults: unknown[] = []
  let now = 1_000 * DAY
  const pending = (of = task) =>
    createPendingUpdate({
      task: of,
      records,
      clock: { now: () => now },
      fault: (error) => faults.push(error),
    })
  const invitation = anInvitation(1)
  const sealed = sealUpdate({
    identity,
    task,
    round: round(1),
    model: Digest.parse(`sha256:${'1'.repeat(64)}`),
    roundKey: createKeyPair(seededRandom('round')).publicKey,
    update: new Uint8Array(bytes),
    claims: { examples: 3, metrics: {} },
    random: seededRandom('envelope'),
  })
  return {
    records,
    faults,
    pending,
    sealed,
    pass: (ms: number) => {
      now += ms
    },
    keep: (variate?: Uint8Array) =>
      pending().keep({ invitation, deadlineAt: now + 60_000 }, { sealed, variate }),
  }
}

describe('a pending update', () => {
  test('is read back as it was, with what goes with it, and without the session of its invitation', async () => {
    const { keep, pending, sealed } = aStage()
    expect(await keep(Uint8Array.of(1, 2))).toBe(true)
    const found = await pending().load(identity.clientId)
    expect(found?.update.sealed.submission).toEqual(sealed.submission)
    expect([...(found?.update.sealed.envelope ?? [])]).toEqual([...sealed.envelope])
    expect([...(found?.update.variate ?? [])]).toEqual([1, 2])
    expect(found?.round.invitation).toMatchObject({ round: round(1), session: { expiresAt: 0 } })
  })

  test.each([
    ['thirteen days late', 13 * DAY, true],
    ['fifteen days late', 15 * DAY, false],
    ['by a clock that is a day behind', -DAY, true],
    ['by a clock that is fifteen days behind', -15 * DAY, false],
  ])('%s is offered or not', async (_, ms, offered) => {
    const { keep, pending, pass, records } = aStage()
    await keep()
    pass(ms)
    expect((await pending().load(identity.clientId)) !== undefined).toBe(offered)
    expect(await records.names()).toEqual(offered ? [`pending.${task}`] : [])
  })

  test('of another identity is erased', async () => {
    const { keep, pending, records } = aStage()
    await keep()
    expect(await pending().load(ClientId.parse(`c-${'0'.repeat(32)}`))).toBeUndefined()
    expect(await records.names()).toEqual([])
  })

  test.each<[string, (of: { invitation: { task: string; round: string } }) => void, TaskId]>([
    ['of another task', () => undefined, OTHER],
    [
      'whose invitation is of another task',
      ({ invitation }) => Object.assign(invitation, { task: OTHER }),
      task,
    ],
    [
      'whose invitation is of another round',
      ({ invitation }) => Object.assign(invitation, { round: round(2) }),
      task,
    ],
  ])('%s is erased', async (_, change, found) => {
    const { keep, pending, records } = aStage()
    await keep()
    const kept = unpack(
      (await records.load(`pending.${task}`)) ?? new Uint8Array(),
      z.looseObject({ invitation: z.looseObject({ task: z.string(), round: z.string() }) }),
    )
    if (!kept) throw new Error('nothing is kept')
    change(kept.of)
    await records.erase(`pending.${task}`)
    await records.save(`pending.${found}`, pack(kept.of, kept.parts))
    expect(await pending(found).load(identity.clientId)).toBeUndefined()
    expect(await records.names()).toEqual([])
  })

  test('is forgotten for its own round alone, by whoever has kept or read it', async () => {
    const { keep, pending, records } = aStage()
    await keep()
    const later = pending()
    await later.load(identity.clientId)
    await later.forget(round(2))
    expect(await records.names()).toHaveLength(1)
    await later.forget(round(1))
    expect(await records.names()).toEqual([])
  })

  test('that is too large is not kept', async () => {
    const { keep, records, faults } = aStage(2 ** 26)
    expect(await keep()).toBe(false)
    expect([await records.names(), faults]).toEqual([[], []])
  })
})
