import { compactModel } from '@tributary/client-sdk/compact'
import { Plan } from '@tributary/protocols/task'
import { asFloat32, joinWriters, loadDigits, twoLayers } from '@tributary/simulations'
import { expect, test } from 'vitest'
import { startOf } from './start-of.ts'

test('the 2NN of McMahan et al. learns MNIST: over nine in ten right after one pass over the digits of 80 writers', async (context) => {
  const data = process.env.TRIBUTARY_DATA
  const digits = await loadDigits({ data, dataset: 'auto', clients: 80, seed: 1 })
  if (digits.source !== 'mnist-writers') {
    process.stdout.write(`not run: ${digits.description}\n`)
    context.skip(digits.description)
  }
  const model = twoLayers()
  const plan = Plan.parse({
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  })
  const joined = joinWriters(digits.clients)
  const compact = await compactModel({ model, plan })
  const examples = { inputs: asFloat32(joined.images), targets: joined.labels }
  const startedMs = performance.now()
  const trained = compact.train({ weights: startOf(model), examples, plan, seed: 1 })
  const trainMs = performance.now() - startedMs
  const { heldOut } = digits
  const { metrics } = compact.evaluate({
    weights: trained.weights,
    examples: { inputs: asFloat32(heldOut.images), targets: heldOut.labels },
  })
  process.stdout.write(
    `${trained.examples} digits in ${trainMs.toFixed(0)} ms: ${((metrics.accuracy ?? 0) * 100).toFixed(1)} % of ${heldOut.labels.length} right\n`,
  )
  expect(trained.examples).toBeGreaterThan(3_000)
  expect(metrics.accuracy).toBeGreaterThan(0.9)
})
