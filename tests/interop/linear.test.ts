/** Our linear trainer against the textbook's formulas, computed in numpy. */
import { writeFileSync } from 'node:fs'
import { createLinearTrainer, describeLinearModel } from '@tributary/client-sdk/linear'
import { normal, seededRandom } from '@tributary/protocols/runtime'
import { Loss, Optimizer, Plan } from '@tributary/protocols/task'
import { beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { pythonOfTests, runPython, temporaryFolder, withoutPython } from './python.ts'

if (withoutPython) console.warn('tests/interop: linear skipped, because TRIBUTARY_PYTHON=off')

const ROWS = 60
const INPUTS = 7
const STEPS = 20

describe.skipIf(withoutPython)('Python', () => {
  let python = ''
  beforeAll(() => {
    python = pythonOfTests()
  }, 600_000)

  test('comes to the same weights and outputs to a millionth, after twenty steps on all rows', async () => {
    using folder = temporaryFolder()
    const cases = await Promise.all(
      Loss.options.flatMap((loss) => OPTIMIZERS.map((optimizer) => aCase(loss, optimizer))),
    )
    writeFileSync(folder.file('from-typescript.json'), JSON.stringify(cases))
    const { weights, outputs } = Greatest.parse(runPython(python, 'linear.py', folder.path))
    expect(cases).toHaveLength(9)
    expect(weights).toBeLessThan(1e-6)
    expect(outputs).toBeLessThan(1e-6)
  })
})

const Greatest = z.strictObject({ weights: z.number(), outputs: z.number() })

const OPTIMIZERS = [
  Optimizer.parse({ name: 'sgd', learningRate: 0.1 }),
  Optimizer.parse({ name: 'sgd', learningRate: 0.05, momentum: 0.9 }),
  Optimizer.parse({ name: 'adam', learningRate: 0.01, epsilon: 1e-4 }),
]

const aCase = async (loss: Loss, optimizer: Optimizer) => {
  const random = seededRandom(`${loss}, ${optimizer.name}, ${optimizer.learningRate}`)
  const draw = (count: number) => Float32Array.from({ length: count }, () => normal(random))
  const outputs = 3
  const [inputs, weights, correction] = [draw(ROWS * INPUTS), draw((INPUTS + 1) * 3), draw((INPUTS + 1) * 3)]
  const targets = draw(ROWS * outputs)
  if (loss !== 'mean-squared-error') {
    targets.fill(0)
    for (let row = 0; row < ROWS; row++) targets[row * outputs + (row % outputs)] = 1
  }
  const standardize = { means: [...draw(INPUTS)], scales: [...draw(INPUTS)].map((value) => 0.5 + value ** 2) }
  const [l2, proximal] = [0.03, 0.2]
  const model = describeLinearModel({ inputs: INPUTS, outputs, l2, standardize })
  const plan = Plan.parse({ epochs: STEPS, batchSize: ROWS, optimizer, loss, proximal })
  const trainer = createLinearTrainer({ examples: { inputs, targets } })
  const trained = await trainer.train({
    assignment: { model, plan },
    plan,
    weights,
    correction,
    seed: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  const predicted = await trainer.predict({ assignment: { model, plan }, weights: trained.weights }, inputs)
  const parts = (flat: Float32Array) => ({
    kernel: rowsOf(flat.subarray(0, INPUTS * outputs), outputs),
    bias: [...flat.subarray(INPUTS * outputs)],
  })
  return {
    loss,
    optimizer,
    l2,
    proximal,
    steps: STEPS,
    ...standardize,
    inputs: rowsOf(inputs, INPUTS),
    targets: rowsOf(targets, outputs),
    ...parts(weights),
    correction: parts(correction),
    trained: [...trained.weights],
    predicted: rowsOf(predicted, outputs),
  }
}

const rowsOf = (flat: Float32Array, width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, row) => [...flat.subarray(row * width, (row + 1) * width)])
