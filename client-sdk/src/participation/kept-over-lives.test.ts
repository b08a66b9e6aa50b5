import { encodePublicKey, identityFromSeed } from '@tributary/protocols/crypto'
import { describe, expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { UploadAnswer } from '../ports/bulk.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Trainer } from '../training/trainer.ts'
import { createPinning } from '../trust/create-pinning.ts'
import type { Pin } from '../trust/pin.ts'
import { aWorld, round, shiftTrainer, task } from './participant.builders.ts'

const signing = identityFromSeed(new Uint8Array(32).fill(3))
const stranger = identityFromSeed(new Uint8Array(32).fill(4))

const pinOf = async (id = 'world', key = signing): Promise<Pin> => {
  const pinning = createPinning({ records: memoryRecordStore(), given: undefined })
  await pinning.learn({ id, publicKey: encodePublicKey(key.publicKey) })
  const pin = await pinning.pin()
  if (!pin) throw new Error('learnt, and not pinned')
  return pin
}

describe('[S12] under a pin', () => {
  test('a model that the coordinator has signed is trained from, held and kept', async () => {
    const world = await aWorld({ signing, records: memoryRecordStore() }).joined(await pinOf())
    world.invite(2)
    await world.until('submitted', () => world.received.length === 1)
    expect(world.participant.model()?.version).toBe(2)
    expect(world.said('decline')).toEqual([])
    await world.end()
  })

  test.each([
    ['by nobody', undefined],
    ['by another key', stranger],
  ])(
    'one that is signed %s is neither trained from nor held, and what was said is kept',
    async (_, signer) => {
      const world = await aWorld({ ...(signer && { signing: signer }) }).joined(await pinOf())
      world.publish(2)
      world.invite(2)
      await world.until('declined', () => world.said('decline').length === 1)
      expect(world.said('decline')).toEqual([{ type: 'decline', round: round(2), reason: 'untrusted-model' }])
      expect(world.participant.model()).toBeUndefined()
      expect(world.received).toEqual([])
      expect(world.noticed('problem')).toMatchObject([
        { code: 'untrusted-model' },
        { code: 'untrusted-model' },
      ])
      const [evidence] = world.noticed('untrusted')
      expect(evidence).toMatchObject({ coordinator: 'world', said: { type: 'model-published' } })
      expect(JSON.stringify(evidence)).not.toContain('session')
      await world.end()
    },
  )

  test('a challenge of another coordinator is not answered: this client stops', async () => {
    const world = aWorld({ signing })
    world.participant.join(await pinOf('another'))
    await world.until('stopped', () => world.status() === 'stopped')
    expect(world.heard).toEqual([])
    expect(world.noticed('stopped')).toMatchObject([
      { reason: 'untrusted-coordinator', detail: expect.stringContaining('world') },
    ])
    await world.end()
  })

  test('without one no signature is asked for', async () => {
    const world = await aWorld().joined()
    world.invite(2)
    await world.until('submitted', () => world.received.length === 1)
    await world.end()
  })
})

describe('the newest model', () => {
  test('is there after a restart, before anything is heard, and no older one takes its place', async () => {
    const records = memoryRecordStore()
    const world = await aWorld({ records, signing }).joined(await pinOf())
    world.publish(5)
    await world.until('version 5', () => world.participant.model()?.version === 5)
    await world.participant.settled()
    const before = world.participant.model()

    world.restart()
    world.cutLine({ reachableAgain: false })
    world.participant.join(await pinOf())
    await world.until('connecting', () => world.status() === 'connecting')
    expect(world.participant.model()).toEqual(before)
    world.heal()
    await world.joined(await pinOf())
    world.publish(4)
    world.publish(5)
    world.publish(6)
    await world.until('version 6', () => world.participant.model()?.version === 6)
    expect(world.noticed('model').map((notice) => notice.type === 'model' && notice.model.version)).toEqual([
      5, 5, 6,
    ])
    await world.end()
  })
})

describe('a sealed update', () => {
  /** A world whose uploads do not arrive, as long as that is not changed. */
  const unsent = async (records: RecordStore, trainer?: Trainer) => {
    const world = await aWorld({ records, ...(trainer && { trainer }) }).joined()
    const { upload } = world.way
    world.way.upload = async () => ({ kind: 'interrupted' })
    world.invite(1)
    await world.until('submitting', () => world.status() === 'submitting')
    await world.until('an attempt that failed', () => world.participant.state().phase === 'joined')
    return { world, arrives: () => Object.assign(world.way, { upload }) }
  }

  test('is offered by the next life, byte for byte, and then forgotten', async () => {
    const records = memoryRecordStore()
    const { world, arrives } = await unsent(records)
    const kept = await records.load('pending.shift')
    expect(kept).toBeDefined()
    expect(new TextDecoder().decode(kept)).not.toContain('session-number')
    world.restart()
    arrives()
    world.participant.join()
    await world.until('received', () => world.received.length === 1)
    await world.until('forgotten', () => world.status() === 'waiting')
    await world.participant.settled()
    expect(await records.names()).not.toContain('pending.shift')
    await world.until('checked in', () => world.said('check-in').length > 1)
    expect(world.said('check-in')).toContainEqual({ type: 'check-in', task, round: round(1) })
    expect(world.noticed('submitted')).toEqual([{ type: 'submitted', round: round(1) }])
    await world.end()
  })

  test('of which the answer was lost is the same bytes again', async () => {
    const records = memoryRecordStore()
    const world = await aWorld({ records }).joined()
    world.way.upload = async (upload) => {
      world.receive(upload)
      return { kind: 'interrupted' }
    }
    world.invite(1)
    await world.until('received', () => world.received.length === 1)
    world.restart()
    world.way.upload = async (upload) => world.receive(upload)
    world.participant.join()
    await world.until('received again', () => world.received.length === 2)
    const [first, second] = world.received.map(({ upload }) => upload.submission)
    expect(second).toEqual(first)
    await world.end()
  })

  test('outlives leaving, about which the coordinator is told nothing that is not so', async () => {
    const records = memoryRecordStore()
    const { world, arrives } = await unsent(records)
    world.participant.leave()
    await world.participant.settled()
    await world.until('told', () => world.said('leave').length === 1)
    expect(world.said('failed')).toEqual([])
    arrives()
    world.participant.join()
    await world.until('received', () => world.received.length === 1)
    await world.end()
  })

  test('that was still being written when the client left is forgotten: none will come, it has said', async () => {
    const store = memoryRecordStore()
    const written = Promise.withResolvers<void>()
    let writing = false
    const records: RecordStore = {
      ...store,
      async save(name, bytes) {
        if (name.startsWith('pending')) {
          writing = true
          await written.promise
        }
        await store.save(name, bytes)
      },
    }
    const world = await aWorld({ records }).joined()
    world.invite(1)
    await world.until('being written', () => writing)
    world.participant.leave()
    written.resolve()
    await world.participant.settled()
    await world.until('told', () => world.said('leave').length === 1)
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'aborted' }])
    expect(await store.names()).not.toContain('pending.shift')
    await world.end()
  })

  test.each<[string, (world: ReturnType<typeof aWorld>) => void]>([
    ['whose round is over', ({ way }) => answering(way, { kind: 'round-over' })],
    ['that is refused', ({ way }) => answering(way, { kind: 'refused', detail: 'no' })],
    [
      'whose round has ended',
      (world) => world.say({ type: 'round-ended', round: round(1), outcome: { kind: 'closed' } }),
    ],
    ['when another round begins', (world) => void world.invite(2)],
  ])('%s is forgotten', async (_, happens) => {
    const records = memoryRecordStore()
    const { world } = await unsent(records)
    world.restart()
    world.participant.join()
    await world.until('on the line', () => {
      const state = world.participant.state()
      return state.phase === 'joined' && state.line.is === 'ready'
    })
    happens(world)
    await world.until('over', () => {
      const state = world.participant.state()
      return (
        state.phase === 'joined' &&
        !(state.work.is === 'submitting' && state.work.invitation.round === round(1))
      )
    })
    await world.participant.settled()
    const kept = await records.load('pending.shift')
    expect(new TextDecoder().decode(kept)).not.toContain('shift.1"')
    await world.end()
  })

  test('of another identity, of another task, torn or changed is not offered, and erased', async () => {
    const records = memoryRecordStore()
    const { world } = await unsent(records)
    const kept = (await records.load('pending.shift')) ?? new Uint8Array()
    const text = new TextDecoder('latin1').decode(kept)
    const bytes = (changed: string) => Uint8Array.from(changed, (letter) => letter.charCodeAt(0))
    const flipped = kept.slice()
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
    for (const wrong of [
      new Uint8Array(),
      new Uint8Array([255, 255, 255, 255]),
      kept.subarray(0, kept.length - 1),
      flipped,
      bytes(text.replace('"round":"shift.1"', '"round":"shift.2"')),
      bytes(text.replace('"task":"shift"', '"task":"drift"')),
    ]) {
      await records.save('pending.shift', wrong)
      world.restart()
      await world.joined()
      expect(await records.names()).not.toContain('pending.shift')
    }
    await world.end()
  })

  test('that the device has no room for is sent all the same, and told of once', async () => {
    const full = { ...memoryRecordStore(), save: () => Promise.reject(new Error('quota exceeded')) }
    const world = await aWorld({ records: full, trainer: shiftTrainer }).joined()
    for (const number of [1, 2]) {
      world.invite(number)
      await world.until(`round ${number}`, () => world.received.length === number)
    }
    await world.participant.settled()
    expect(world.noticed('fault')).toHaveLength(1)
    expect(world.participant.model()?.version).toBe(2)
    await world.end()
  })
})

const answering = (way: ReturnType<typeof aWorld>['way'], answer: UploadAnswer) =>
  Object.assign(way, { upload: async () => answer })
