import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import { lineClient, rowsOf } from '../fleet/line-clients.ts'
import { expectedWeights } from '../fleet/line-rounds.ts'
import { LINE_TENSORS, predicted } from '../fleet/line-trainer.ts'
import { bitsOf } from '../fleet/reference-fedavg.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

const ROUNDS = 3

test('[R12] clients enrol, join, train and submit; every version is the average of their updates, bit for bit, and reaches all', async () => {
  await using coordinator = await startCoordinator()
  const { url, operator } = coordinator
  await operator.createTask(
    lineTask({
      clients: 4,
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds: ROUNDS },
    }),
  )
  const token = await operator.invite(5)
  const clients = await Promise.all([1, 2, 3, 4, 5].map((n) => lineClient(token, { url, rows: rowsOf(n) })))
  await Promise.all(clients.map(({ client }) => client.join()))

  await coordinator.settled(`line.${ROUNDS}`)
  const models = await operator.models('line')
  expect(models.map(({ version, origin }) => [version, origin.kind])).toEqual([
    [1, 'initial'],
    [2, 'round'],
    [3, 'round'],
    [4, 'round'],
  ])
  for (const [before, after] of pairs(models)) {
    const round = await operator.round(`line.${before.version}`)
    expect(round).toMatchObject({
      phase: 'completed',
      tally: { invited: 4, received: 4 },
      base: { digest: before.weights.digest },
    })
    const expected = await expectedWeights(operator, clients, round)
    expect(bitsOf(await operator.weights('line', after.version))).toEqual(bitsOf(expected))
    expect(after.weights.digest).toBe(digestOf(encodeSafetensors({ tensors: [...specs], values: expected })))
    expect(after.parent).toBe(before.version)
  }

  for (const { client, heard } of clients) {
    // The client that was not selected hears of every version as well.
    const newest = await until('the last version to reach every client', () =>
      client.model?.version === ROUNDS + 1 ? client.model : undefined,
    )
    expect(newest.digest).toBe(models.at(-1)?.weights.digest)
    expect(heard.errors).toEqual([])
    expect(await client.predict([0.5, -1])).toBe(predicted(newest.weights, [0.5, -1]))
  }
  // A client that comes when all is over still gets the model.
  const late = await lineClient(await operator.invite(1), { url, rows: rowsOf(6) })
  await late.client.join()
  await until('the model to reach a late client', () => late.client.model?.version === ROUNDS + 1)
  await Promise.all([...clients, late].map(({ client }) => client.leave()))
})

test('[R20] what the rounds did is learning: predictions on rows that nobody trains on come closer, and metrics are means by examples', async () => {
  await using coordinator = await startCoordinator()
  const { url, operator } = coordinator
  await operator.createTask(
    lineTask({ clients: 3, schedule: { kind: 'continuous' }, stop: { kind: 'completed-rounds', rounds: 4 } }),
  )
  const token = await operator.invite(3)
  const clients = await Promise.all([1, 2, 3].map((n) => lineClient(token, { url, rows: rowsOf(n) })))
  await Promise.all(clients.map(({ client }) => client.join()))
  await coordinator.settled('line.4')
  await Promise.all(clients.map(({ client }) => client.leave()))

  const unseen = rowsOf(99, 50)
  const errors = await Promise.all(
    (await operator.models('line')).map(async (model) => {
      const weights = await operator.weights('line', model.version)
      return unseen.reduce((sum, { x, y }) => sum + (predicted(weights, x) - y) ** 2, 0)
    }),
  )
  expect(errors.length).toBe(5)
  for (const [before, after] of pairs(errors)) expect(after).toBeLessThan(before)

  const round = await operator.round('line.4')
  const losses = clients.map(({ trainer }) => trainer.trainings.at(-1))
  const examples = losses.reduce((sum, training) => sum + (training?.examples ?? 0), 0)
  const mean =
    losses.reduce((sum, training) => sum + (training?.loss ?? 0) * (training?.examples ?? 0), 0) / examples
  expect(round).toMatchObject({ phase: 'completed', examples })
  expect(round.phase === 'completed' && round.metrics.loss).toBeCloseTo(mean, 12)
})

const specs = LINE_TENSORS.map(({ initializer: _, ...spec }) => spec)

const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.slice(1).map((item, i): [T, T] => [items[i] as T, item])
