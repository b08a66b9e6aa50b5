import { ModelVersion } from '@tributary/protocols'
import type { TaskFileInput } from '@tributary/protocols/task'
import { Compression } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { Trainer } from '../training/trainer.ts'
import { loadTaskWork } from './load-task-work.ts'
import { anAssignment, aWorld, round, task } from './participant.builders.ts'

// On a virtual clock loading takes no time.
await loadTaskWork()

/** Moves the four weights by as much in every round. */
const STEP = [4, -3, 2, 1]
const trainer: Trainer = {
  train: async ({ weights }) => ({
    weights: weights.map((weight, i) => weight + (STEP[i] ?? 0)),
    examples: 5,
    metrics: {},
  }),
}

const aClient = async (compression: TaskFileInput['compression'], variates = memoryRecordStore()) => {
  const assignment = { ...anAssignment(), compression: Compression.parse(compression) }
  const world = await aWorld({ trainer, assignment, variates }).joined()
  return {
    world,
    variates,
    async uploads(number: number) {
      const before = world.received.length
      world.invite(number)
      await world.until('received', () => world.received.length > before && world.status() === 'waiting')
      return world.received.at(-1)?.delta
    },
    async kept() {
      await world.participant.settled()
      const bytes = await variates.load(task)
      return bytes ? [...decodeSafetensors(bytes).values] : undefined
    },
  }
}
const TOP = { sparsify: { kind: 'top-k', share: 0.25 } } as const

describe('[R34] a client whose updates are of its largest values', () => {
  test('sends what it has left out with a later one, also after it has begun anew', async () => {
    const first = await aClient(TOP)
    expect(await first.uploads(1)).toEqual([4, 0, 0, 0])
    expect(await first.kept()).toEqual([0, -3, 2, 1])
    await first.world.end()
    const again = await aClient(TOP, first.variates)
    expect(await again.uploads(2)).toEqual([0, -6, 0, 0])
    expect(await again.uploads(3)).toEqual([8, 0, 0, 0])
    expect(await again.kept()).toEqual([0, -3, 6, 3])
    await again.world.end()
  })

  test('keeps what it had where an update is never received, and what an update left out once it is, however often it is sent', async () => {
    const { world, uploads, kept } = await aClient(TOP)
    await uploads(1)
    world.way.upload = async () => ({ kind: 'round-over' })
    world.invite(2)
    await world.until('over', () => world.noticed('round-ended').length === 1)
    expect(await kept()).toEqual([0, -3, 2, 1])
    let tries = 0
    world.way.upload = async (upload) => {
      const answer = world.receive(upload)
      return ++tries < 3 ? { kind: 'interrupted' } : answer
    }
    world.invite(3)
    await world.until('received thrice', () => tries === 3 && world.status() === 'waiting')
    expect(world.received.slice(-3).map(({ delta }) => delta)).toEqual(Array(3).fill([0, -6, 0, 0]))
    expect(await kept()).toEqual([4, 0, 4, 2])
    await world.end()
  })

  test('has again what it kept before where the round comes to nothing', async () => {
    const { world, uploads, kept } = await aClient(TOP)
    await uploads(1)
    await uploads(2)
    expect(await kept()).toEqual([4, 0, 4, 2])
    world.say({ type: 'round-ended', round: round(2), outcome: { kind: 'abandoned', reason: 'operator' } })
    await world.until('told', () => world.noticed('round-ended').length === 1)
    expect(await kept()).toEqual([0, -3, 2, 1])
    await world.end()
  })

  test('keeps what an update left out where it was received, though the answer was lost and the round has completed since', async () => {
    const { world, uploads, kept } = await aClient(TOP)
    await uploads(1)
    let tries = 0
    world.way.upload = async (upload) => {
      const answer = world.receive(upload)
      return ++tries < 2 ? { kind: 'interrupted' } : answer
    }
    world.invite(2)
    await world.until('received', () => tries === 1)
    world.say({
      type: 'round-ended',
      round: round(2),
      outcome: { kind: 'completed', version: ModelVersion.parse(2) },
    })
    await world.until('told', () => world.noticed('round-ended').length > 0)
    expect(await kept()).toEqual([4, 0, 4, 2])
    await world.end()
  })

  test('keeps what an update left out where it was received, though the client has left meanwhile', async () => {
    const { world, uploads, kept } = await aClient(TOP)
    await uploads(1)
    const answered = Promise.withResolvers<void>()
    world.way.upload = async (upload) => {
      const answer = world.receive(upload)
      await answered.promise
      return answer
    }
    world.invite(2)
    await world.until('received', () => world.received.length === 2)
    world.participant.leave()
    answered.resolve()
    expect(await kept()).toEqual([4, 0, 4, 2])
  })

  test('takes nothing over from another task of the same name', async () => {
    const { world, uploads, variates } = await aClient(TOP)
    await uploads(1)
    await world.end()
    const other = await aClient({ ...TOP, bits: 8 }, variates)
    expect((await other.uploads(2))?.filter((value) => value !== 0).map(Math.round)).toEqual([4])
    await other.world.end()
  })

  test('keeps nothing where it is not to', async () => {
    const { world, uploads, kept } = await aClient({
      sparsify: { kind: 'top-k', share: 0.25, errorFeedback: false },
    })
    expect(await uploads(1)).toEqual([4, 0, 0, 0])
    expect(await uploads(2)).toEqual([4, 0, 0, 0])
    expect(await kept()).toBeUndefined()
    await world.end()
  })
})

test('[R34] a delta is clipped before it is compressed', async () => {
  const assignment = {
    ...anAssignment({ clipNorm: 1 }),
    compression: Compression.parse({ sparsify: { kind: 'top-k', share: 0.25 } }),
  }
  const world = await aWorld({ trainer, assignment }).joined()
  world.invite(1)
  await world.until('received', () => world.received.length === 1)
  expect(world.received[0]?.delta[0]).toBeCloseTo(4 / Math.hypot(...STEP), 5)
  await world.end()
})
