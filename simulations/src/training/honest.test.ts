import { assignmentOf, TaskFile } from '@tributary/protocols/task'
import { expect, test } from 'vitest'
import { denseLayers } from '../models/model-specs.ts'
import { createHonestTraining } from './honest.ts'
import type { PoolTraining } from './pool.ts'

const file = TaskFile.parse({
  id: 'seeds',
  model: denseLayers(2, [], { outputs: 2, activation: 'softmax' }, 1),
  plan: {
    epochs: 1,
    batchSize: 1,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: 1, quorum: 1 },
})

test('a client trains from the seed that its SDK gives, which under Ditto is another for its own model; who asks for others knows theirs', async () => {
  const trained: PoolTraining[] = []
  const honest = createHonestTraining({
    pool: {
      async train(job) {
        trained.push(job)
        return { weights: job.weights, examples: 1, metrics: {} }
      },
      judge: () => expect.fail('nobody judges'),
      async close() {},
    },
    rowsOf: () => Uint32Array.of(0),
    seedOf: (client, round) => 100 * round + client,
    population: undefined,
    shared: true,
  })
  const job = { assignment: assignmentOf(file), weights: new Float32Array(6), plan: file.plan, round: 2 }
  const correction = new Float32Array(6)
  await honest(7, { ...job, seed: 207 })
  await honest(7, { ...job, seed: 99, correction })
  await honest(8, job)
  expect(trained.map(({ seed }) => seed)).toEqual([207, 99, 208])
})
