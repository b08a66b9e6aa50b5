/** What a simulation says is what happens: the same scenario in virtual time, and over real sockets with real clients. */
import { createNodeClient } from '@tributary/client-sdk/node'
import { TaskFile } from '@tributary/protocols/task'
import {
  clientChance,
  clientName,
  createTrainingPool,
  describeRows,
  identityBy,
  loadDataset,
  parseScenario,
  partition,
  runSeed,
  taskOfScenario,
  trainingSeedBy,
} from '@tributary/simulations'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'

const CLIENTS = 6
const ROUNDS = 3
const SEED = 7

/** All clients take part in every round: who is drawn would be chance of the coordinator's own. */
const scenario = parseScenario({
  name: 'both-ways',
  dataset: { name: 'handwriting', writers: 14, seed: 3 },
  partition: { kind: 'dirichlet', clients: CLIENTS, alpha: 1 },
  model: { kind: 'dense', hidden: [12] },
  plan: {
    epochs: 2,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.5 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: CLIENTS, quorum: CLIENTS, overSelection: 1 },
  strategy: { name: 'fedavgm', momentum: 0.9 },
  rounds: ROUNDS,
})

test('a scenario ends in the same model, to the byte, in virtual time and over real sockets', async () => {
  const dataset = await loadDataset(scenario.dataset)
  const pool = createTrainingPool({ dataset, threads: 2 })
  try {
    const simulated = await runSeed({
      scenario,
      dataset,
      pool,
      seed: SEED,
      told() {},
      signal: new AbortController().signal,
    })

    await using coordinator = await startCoordinator()
    await using folder = await temporaryFolder()
    const { operator, url } = coordinator
    const token = await operator.invite(CLIENTS)
    const parts = partition(describeRows(dataset.train, dataset.task), scenario.partition, SEED)
    const clients = await Promise.all(
      parts.map(async (rows, index) => {
        const chance = clientChance(SEED, clientName(index))
        const client = createNodeClient({
          coordinator: url,
          task: scenario.name,
          consent: 'granted',
          folder: `${folder.path}/${index}`,
          keys: {
            load: async () => identityBy(chance).exportSeed(),
            keep: async (seed) => seed,
            erase: async () => {},
          },
          trainer: {
            train: ({ assignment, weights, plan, seed }) =>
              pool.train({ assignment, weights, rows, plan, seed }),
          },
          surroundings: { trainingSeed: trainingSeedBy(chance) },
        })
        await client.enrol(token)
        return client
      }),
    )
    await operator.createTask(TaskFile.parse(taskOfScenario(scenario, dataset, SEED)))
    await Promise.all(clients.map((client) => client.join()))
    for (let round = 1; round <= ROUNDS; round++) {
      await operator.trigger(scenario.name)
      const ended = await coordinator.settled(`${scenario.name}.${round}`)
      expect(ended).toMatchObject({ phase: 'completed', tally: { received: CLIENTS } })
    }
    await Promise.all(clients.map((client) => client.leave()))

    const versions = await operator.models(scenario.name)
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4])
    expect(versions.at(-1)?.weights.digest).toBe(simulated.modelDigest)
  } finally {
    await pool.close()
  }
}, 120_000)
