import { type ClientOptions, FederatedClient, memoryKeyStore, type Trainer } from '@tributary/client-sdk'
import { TaskId } from '@tributary/protocols'
import type { TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'

const task = TaskId.parse('vector')
const LENGTH = 4
const NU = 0.01
/** By how much each client moves every weight: four that agree, and one that is far off and claims a thousand times their examples. */
const MOVES = [0.8, 0.9, 1.1, 1.2, -40]

const privacy: TaskFileInput['privacy'] = {
  mode: 'secure-aggregation',
  audience: 'demo',
  corrupt: 0,
  range: 50,
  stepSeconds: 20,
}

const aClient = async (
  { url, operator }: TestCoordinator,
  move: number,
  options: Pick<ClientOptions, 'conditions'> = {},
) => {
  let trainings = 0
  const trainer: Trainer = {
    async train({ weights }) {
      trainings++
      return { weights: weights.map((weight) => weight + move), examples: move < 0 ? 5_000 : 5, metrics: {} }
    },
  }
  const keys = memoryKeyStore()
  const client = new FederatedClient({
    coordinator: url,
    task,
    trainer,
    keys,
    consent: 'granted',
    privacy: { audience: 'demo' },
    ...options,
  })
  await client.enrol(await operator.invite(1))
  return { client, trainings: () => trainings }
}

const aTask = (more: Pick<TaskFileInput, 'strategy' | 'schedule' | 'stop'>) =>
  vectorTask({
    tensors: [{ name: 'w', shape: [LENGTH], dtype: 'F32' }],
    clients: MOVES.length,
    privacy,
    ...more,
  })

const weightsOf = async (coordinator: TestCoordinator, version: number): Promise<number> => {
  const [first = Number.NaN, ...others] = await coordinator.operator.weights(task, version)
  for (const other of others) expect(Math.abs(other - first)).toBeLessThan(1e-3)
  return first
}

/** Smoothed Weiszfeld steps in float64 from the mean; every client lies on the diagonal. */
const exactly = (base: number, steps: number): number[] => {
  const points = MOVES.map((move) => base + move)
  const sums = [points.reduce((sum, point) => sum + point, 0) / points.length]
  while (sums.length < steps) {
    const z = sums.at(-1) ?? 0
    const weights = points.map((point) => 1 / Math.max(NU, Math.sqrt(LENGTH) * Math.abs(point - z)))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    sums.push(points.reduce((sum, point, i) => sum + ((weights[i] ?? 0) / total) * point, 0))
  }
  return sums
}

describe('[R28] over real lines, the geometric median by repeated sums', () => {
  test('is near the clients that agree where the plain mean is not, and nobody trains for it', {
    timeout: 120_000,
  }, async () => {
    const STEPS = 5
    await using coordinator = await startCoordinator()
    const conditions = { roundsPerDay: 1 }
    const fleet = await Promise.all(MOVES.map((move) => aClient(coordinator, move, { conditions })))
    await coordinator.operator.createTask(
      aTask({
        strategy: { name: 'rfa', steps: STEPS, nu: NU },
        // A pause lies between trainings alone: sums of what was trained wait for none.
        schedule: { kind: 'continuous', pauseSeconds: 86_400 },
        stop: { kind: 'completed-rounds', rounds: STEPS },
      }),
    )
    await Promise.all(fleet.map(({ client }) => client.join()))
    const made: number[] = []
    for (let number = 1; number <= STEPS; number++) {
      const round = await coordinator.settled(`vector.${number}`)
      if (round.phase !== 'completed') throw new Error(`${round.id} is ${round.phase}: ${round.detail}`)
      expect(round).toMatchObject({ examples: MOVES.length, tally: { received: MOVES.length } })
      expect(round.refines).toEqual(number === 1 ? undefined : { round: 'vector.1', clients: MOVES.length })
      made.push(await weightsOf(coordinator, number + 1))
    }
    const base = await weightsOf(coordinator, 1)
    for (const [at, exact] of exactly(base, STEPS).entries()) expect(made[at]).toBeCloseTo(exact, 3)
    const [mean = 0, median = 0] = [made[0], made.at(-1)]
    expect(Math.abs(mean - (base + 1))).toBeGreaterThan(8)
    expect(Math.abs(median - (base + 1))).toBeLessThan(0.2)
    expect(fleet.map(({ trainings }) => trainings())).toEqual(MOVES.map(() => 1))
    expect(await coordinator.operator.round('vector.2')).toMatchObject({ refines: { round: 'vector.1' } })
    await Promise.all(fleet.map(({ client }) => client.leave()))
  })

  test('goes on after a restart among the clients of the first sum alone, and ends with one that has forgotten: then clients train', {
    timeout: 120_000,
  }, async () => {
    await using folder = await temporaryFolder()
    const before = await startCoordinator({ folder: folder.path })
    const { operator, url } = before
    const fleet = await Promise.all(MOVES.map((move) => aClient(before, move)))
    await operator.createTask(
      aTask({ strategy: { name: 'rfa', steps: 3, nu: NU }, schedule: { kind: 'manual' } }),
    )
    await Promise.all(fleet.map(({ client }) => client.join()))
    await operator.trigger(task)
    expect(await before.settled('vector.1')).toMatchObject({ phase: 'completed' })
    const stranger = await aClient(before, 0)
    await before[Symbol.asyncDispose]()

    await using after = await startCoordinator({ folder: folder.path, port: Number(new URL(url).port) })
    await stranger.client.join()
    await operator.trigger(task)
    const second = await after.settled('vector.2')
    expect(second).toMatchObject({
      phase: 'completed',
      refines: { round: 'vector.1', clients: MOVES.length },
    })
    const ids = await Promise.all(fleet.map(({ client }) => client.id()))
    const { members } = await operator.round('vector.2')
    expect(members.map(({ client }) => client)).toEqual(ids.toSorted())

    await fleet[0]?.client.leave()
    await fleet[0]?.client.join()
    await operator.trigger(task)
    expect(await after.settled('vector.3')).toMatchObject({
      phase: 'abandoned',
      reason: 'cannot-reach-quorum',
      refines: { round: 'vector.1' },
    })
    const forgetful = (await operator.round('vector.3')).members.find(({ client }) => client === ids[0])
    expect(forgetful).toMatchObject({ status: 'declined', reason: 'no-data' })

    await operator.trigger(task)
    const fourth = await after.settled('vector.4')
    expect(fourth).toMatchObject({ phase: 'completed', base: { version: 3 } })
    expect(fourth).not.toHaveProperty('refines')
    expect(fleet.reduce((sum, { trainings }) => sum + trainings(), stranger.trainings())).toBe(
      2 * MOVES.length,
    )
    await Promise.all([...fleet, stranger].map(({ client }) => client.leave()))
  })
})
