import { FederatedClient, memoryKeyStore, type Trainer } from '@tributary/client-sdk'
import { TaskId } from '@tributary/protocols'
import { restPaths } from '@tributary/protocols/rest'
import { normal, seededRandom } from '@tributary/protocols/runtime'
import type { TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'

const CLIENTS = 5
const ROUNDS = 14
const MEDIAN = 3
const task = TaskId.parse('vector')

/** Half of a mean round's deltas are longer than 3, and two of three between 2.2 and 4.1. */
const aDrawingTrainer = (seed: string): Trainer => {
  const random = seededRandom(seed)
  return {
    async train({ weights }) {
      const trained = weights.slice()
      trained[0] = (trained[0] ?? 0) + MEDIAN * Math.exp(0.3 * normal(random))
      return { weights: trained, examples: 1, metrics: {} }
    },
  }
}

const promised = {
  budget: { epsilon: 1_000, delta: 1e-5 },
  participation: { most: ROUNDS },
  noiseMultiplier: 1,
} as const

const joined = async (
  coordinator: TestCoordinator,
  privacy: TaskFileInput['privacy'],
  schedule: TaskFileInput['schedule'] = { kind: 'continuous' },
) => {
  const { url, operator } = coordinator
  const token = await operator.invite(CLIENTS)
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, n) => {
      const client = new FederatedClient({
        coordinator: url,
        task,
        trainer: aDrawingTrainer(`client ${n}`),
        consent: 'granted',
        keys: memoryKeyStore(),
        privacy: { audience: 'demo', clipNorm: { least: 0.1, most: 100 } },
      })
      await client.enrol(token)
      return client
    }),
  )
  await operator.createTask(
    vectorTask({
      tensors: [{ name: 'w', shape: [4], dtype: 'F32' }],
      clients: CLIENTS,
      privacy,
      schedule,
      stop: { kind: 'completed-rounds', rounds: ROUNDS },
    }),
  )
  await Promise.all(clients.map((client) => client.join()))
  return clients
}

describe('[R26] over real lines, what rounds clip to', () => {
  const clipping = { kind: 'adaptive', clipNorm: 1, learningRate: 0.5, countNoise: 0.6 } as const
  const secure = { mode: 'secure-aggregation', audience: 'demo', corrupt: 0, stepSeconds: 20 } as const

  test.each<[string, TaskFileInput['privacy']]>([
    [
      'sealed updates, noise by the coordinator',
      { mode: 'sealed', differentialPrivacy: { mechanism: 'central', ...promised, clipping } },
    ],
    [
      'secure rounds, noise in shares',
      { ...secure, differentialPrivacy: { mechanism: 'distributed', ...promised, clipping } },
    ],
    [
      'secure rounds, no noise',
      { ...secure, range: { kind: 'adaptive', first: 1, quantile: 0.5, learningRate: 0.5 } },
    ],
  ])(
    'follows the clients’ norms to their median from a third of it: %s',
    { timeout: 120_000 },
    async (_, privacy) => {
      await using coordinator = await startCoordinator()
      const clients = await joined(coordinator, privacy)
      const clips: number[] = []
      for (let number = 1; number <= ROUNDS; number++) {
        const round = await coordinator.settled(`vector.${number}`)
        if (round.phase !== 'completed') throw new Error(`${round.id} is ${round.phase}: ${round.detail}`)
        expect(round.tally.received).toBe(CLIENTS)
        // Each round begins where the one before it ended.
        expect(round.clip).toBe(clips.at(-1) ?? 1)
        clips.push(round.nextClip ?? Number.NaN)
      }
      const late = clips.slice(7)
      const mean = Math.exp(late.reduce((sum, clip) => sum + Math.log(clip), 0) / late.length)
      expect(mean / MEDIAN).toBeGreaterThan(0.72)
      expect(mean / MEDIAN).toBeLessThan(1.4)
      expect(await coordinator.operator.round(`vector.${ROUNDS}`)).toMatchObject({ nextClip: clips.at(-1) })
      await Promise.all(clients.map((client) => client.leave()))
    },
  )

  test('goes on where it was after a restart, over a version that was rolled back', async () => {
    await using folder = await temporaryFolder()
    const central = { mechanism: 'central', ...promised, clipping } as const
    const before = await startCoordinator({ folder: folder.path })
    const { operator, url } = before
    const clients = await joined(before, { mode: 'sealed', differentialPrivacy: central }, { kind: 'manual' })
    const nextClips: (number | undefined)[] = []
    for (const id of ['vector.1', 'vector.2']) {
      await operator.trigger(task)
      const round = await before.settled(id)
      nextClips.push(round.phase === 'completed' ? round.nextClip : undefined)
    }
    const [first, second] = nextClips
    await operator.call('POST', restPaths.rollback(task), { version: 2, reason: 'the third is worse' })
    await before[Symbol.asyncDispose]()

    await using after = await startCoordinator({ folder: folder.path, port: Number(new URL(url).port) })
    expect(await operator.round('vector.2')).toMatchObject({
      phase: 'completed',
      clip: first,
      nextClip: second,
    })
    expect((await operator.models(task)).map(({ origin }) => origin.kind)).toEqual([
      'initial',
      'round',
      'round',
      'rollback',
    ])
    await operator.trigger(task)
    expect(await after.settled('vector.3')).toMatchObject({
      phase: 'completed',
      base: { version: 4 },
      clip: second,
    })
    await Promise.all(clients.map((client) => client.leave()))
  })
})
