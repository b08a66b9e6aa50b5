import { normal, seededRandom } from '@tributary/protocols/runtime'
import { assignmentOf, type TaskFile } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import type { Dataset } from '../datasets/index.ts'
import { drawnRows, type Scenario, scoreOf, taskOfScenario } from '../scenarios/index.ts'
import type { TrainingPool } from '../training/pool.ts'
import { backOffAccuracy } from './back-off.ts'

export type Baseline = { accuracy: number; loss?: number }
export type Baselines = { majority?: Baseline; backOff?: Baseline; linear?: Baseline; central?: Baseline }

/** Characters that a back-off model looks at. */
const ORDER = 3

/**
 * What results are held against: the commonest class, of a text what mostly follows the same three characters, a linear model,
 * and the same model trained with all data in one place.
 */
export const baselinesOf = async (
  { personalization: _, ...scenario }: Scenario,
  dataset: Dataset,
  pool: TrainingPool,
): Promise<Baselines> => {
  const { epochs, rows: most } = scenario.baselines
  if (epochs === 0 || dataset.task.kind !== 'classification') return {}
  const { count } = dataset.train
  const rows = drawnRows(count, most) ?? Uint32Array.from({ length: count }, (_, row) => row)
  const trained = async (file: TaskFile): Promise<Baseline> => {
    const assignment = assignmentOf(file)
    const { weights } = await pool.train({
      assignment,
      weights: startOf(file),
      rows,
      plan: { ...file.plan, epochs, proximal: 0 },
      seed: 1,
    })
    return scoreOf(await pool.judge({ assignment, weights, split: 'test' }))
  }
  const [linear, central] = await Promise.all([
    trained(taskOfScenario({ ...scenario, model: { kind: 'linear' } }, dataset, 1)),
    trained(taskOfScenario(scenario, dataset, 1)),
  ])
  const backOff = backOffAccuracy(dataset, ORDER)
  return {
    majority: { accuracy: majority(dataset) },
    ...(backOff !== undefined && { backOff: { accuracy: backOff } }),
    linear,
    central,
  }
}

/** Of the held-out rows, those of the class that the training rows have most of. */
const majority = ({ train, test }: Dataset): number => {
  const counts = new Map<number, number>()
  for (const label of train.targets) counts.set(label, (counts.get(label) ?? 0) + 1)
  const [commonest] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [-1, 0])
  let right = 0
  for (const label of test.targets) if (label === commonest) right += 1
  return right / test.count
}

/** As Glorot and Bengio 2010 have it; biases 0, but 1 of an LSTM's forget gates. */
const startOf = ({ model: { tensors } }: TaskFile): Float32Array => {
  const random = seededRandom('baseline')
  const weights = new Float32Array(totalElements(tensors))
  let at = 0
  for (const { shape, initializer } of tensors) {
    const size = shape.reduce((a, b) => a * b, 1)
    const out = shape.at(-1) ?? 1
    const spread = shape.length > 1 ? Math.sqrt(2 / (size / out + out)) : 0
    if (initializer === 'unit-forget-bias') weights.fill(1, at + size / 4, at + size / 2)
    if (spread > 0) for (let i = 0; i < size; i++) weights[at + i] = spread * normal(random)
    at += size
  }
  return weights
}
