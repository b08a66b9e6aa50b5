import { isRefusal, type Round } from '@tributary/coordinator'
import { TaskFile } from '@tributary/protocols/task'
import { createWorld } from '@tributary/simulations'
import { expect, test } from 'vitest'

const file = TaskFile.parse({
  id: 'walk',
  model: {
    format: 'custom',
    trainer: 'step',
    tensors: [{ name: 'w', shape: [50], dtype: 'F32', initializer: 'glorot-uniform' }],
    initial: { kind: 'seeded', seed: 7 },
  },
  plan: { epochs: 1, batchSize: 1, optimizer: { name: 'sgd', learningRate: 1 }, loss: 'mean-squared-error' },
  cohort: { target: 5, quorum: 4, overSelection: 1.2 },
  schedule: { kind: 'continuous', pauseSeconds: 30 },
  stop: { kind: 'completed-rounds', rounds: 4 },
})

/** Everything that was saved of every round, in order: what happened in a world. */
const history = async (seed: number): Promise<Round[]> => {
  const saved: Round[] = []
  const world = await createWorld({
    seed,
    latencyMs: { least: 5, most: 400 },
    roundSaved: (round) => void saved.push(round),
  })
  for (let i = 0; i < 12; i++)
    await world.addClient({
      name: `client ${i}`,
      task: file.id,
      trainMs: 100 + 300 * i,
      trainer: {
        train: ({ weights }) =>
          Promise.resolve({ weights: weights.map((w) => w + i / 7), examples: 1 + i, metrics: { loss: i } }),
      },
    })
  const admin = { id: 'test', name: 'test', role: 'admin' } as const
  if (isRefusal(await world.coordinator.services.tasks.create(file, admin))) throw new Error('no task')
  const completed = () => saved.filter(({ phase }) => phase === 'completed').length
  await world.runUntil(() => completed() >= 8) // each is saved twice: when it completes and when it has settled
  await world.close()
  expect(world.clock.pending()).toBe(0)
  return saved
}

test('a world repeats from its seed, event by event and byte by byte, and another seed is another world', async () => {
  const [once, again, other] = [await history(1), await history(1), await history(2)]
  expect(again).toEqual(once)
  expect(other).not.toEqual(once)
})

test('a world takes no longer than its computing: rounds that pause half a minute end at once', async () => {
  const rounds = (await history(3)).filter(
    (round) => round.phase === 'completed' && round.debts === 'settled',
  )
  expect(rounds.map(({ number }) => number)).toEqual([1, 2, 3, 4])
  const [first, , , last] = rounds
  expect((last?.openedAt ?? 0) - (first?.openedAt ?? 0)).toBeGreaterThan(90_000)
})
