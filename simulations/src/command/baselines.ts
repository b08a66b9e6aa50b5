import { initialWeights } from '@tributary/coordinator'
import { assignmentOf, type TaskFile } from '@tributary/protocols/task'
import type { Dataset } from '../datasets/index.ts'
import type { Baselines } from '../report/index.ts'
import { drawnRows, type Scenario, scoreOf, taskOfScenario } from '../scenarios/index.ts'
import type { TrainingPool } from '../training/pool.ts'
import { backOffAccuracy } from './back-off.ts'

const SEED = 1

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
  const trained = async (file: TaskFile) => {
    const assignment = assignmentOf(file)
    const { weights } = await pool.train({
      assignment,
      weights: initialWeights(file.model.tensors, SEED),
      rows,
      plan: { ...file.plan, epochs, proximal: 0 },
      seed: SEED,
    })
    return scoreOf(await pool.judge({ assignment, weights, split: 'test' }))
  }
  const [linear, central] = await Promise.all([
    trained(taskOfScenario({ ...scenario, model: { kind: 'linear' } }, dataset, SEED)),
    trained(taskOfScenario(scenario, dataset, SEED)),
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
