/** The linear trainer on real tables, beside what logistic regression is known to reach there. */
import { createLinearTrainer, describeLinearModel, type Examples } from '@tributary/client-sdk/linear'
import { Plan } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import { type Dataset, DatasetSpec, loadDataset, type Rows } from '@tributary/simulations'
import { describe, expect, test } from 'vitest'
import type * as z from 'zod'

/** From zeros, all rows of the set on one client: the metrics of its test rows. */
const learned = async (set: Dataset, outputs: number, asked: z.input<typeof Plan>) => {
  const plan = Plan.parse(asked)
  const model = describeLinearModel({ inputs: set.inputShape[0] ?? 0, outputs })
  const examplesOf = ({ features, targets }: Rows): Examples => {
    if (features.kind !== 'float32') throw new Error(`${set.name} is no table`)
    const asRows = plan.loss !== 'softmax-cross-entropy'
    return { inputs: features.values, targets: asRows ? Float32Array.from(targets) : targets }
  }
  const startedMs = performance.now()
  const { weights } = await createLinearTrainer({ examples: examplesOf(set.train) }).train({
    assignment: { model, plan },
    plan,
    weights: new Float32Array(totalElements(model.tensors)),
    seed: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  const trainMs = performance.now() - startedMs
  const judge = createLinearTrainer({ examples: examplesOf(set.test) })
  const { examples, metrics } = await judge.evaluate({ assignment: { model, plan }, weights })
  process.stdout.write(
    `${set.name}: ${JSON.stringify(metrics)} on ${examples} rows, trained in ${trainMs.toFixed(0)} ms\n`,
  )
  return metrics
}

const adult = await loadDataset(DatasetSpec.parse({ name: 'adult' }), {
  data: process.env.TRIBUTARY_DATA,
}).catch((error: Error) => error)

describe('logistic regression of Adult', () => {
  test.for([
    ['one output', 1, 'sigmoid-cross-entropy'],
    ['an output a class', 2, 'softmax-cross-entropy'],
  ] as const)(
    'with %s is right for at least the 84.6 % that others report',
    async ([, outputs, loss], context) => {
      if (adult instanceof Error) return context.skip(`not run: ${adult.message}`)
      const optimizer = { name: 'adam', learningRate: 0.003 } as const
      const plan = { epochs: 5, batchSize: 64, optimizer, loss }
      expect((await learned(adult, outputs, plan)).accuracy).toBeGreaterThan(0.846)
    },
  )
})
