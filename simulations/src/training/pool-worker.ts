/** A thread that trains and judges by the compact backend on rows of a data set that it shares with others. */
import { parentPort, workerData } from 'node:worker_threads'
import type { TrainingResult } from '@tributary/client-sdk'
import { type CompactModel, compactModel, type Examples } from '@tributary/client-sdk/compact'
import { seededRandom } from '@tributary/protocols/runtime'
import type { Assignment } from '@tributary/protocols/task'
import { copyRow, type Dataset } from '../datasets/dataset.ts'
import { attackOf, type LabelledRowsOfShape, triggered } from '../population/index.ts'
import type { PoolJudging, PoolTraining, RowsJudged } from './pool.ts'

export type PoolOrder =
  | ({ kind: 'train' } & PoolTraining)
  | ({ kind: 'judge' } & PoolJudging & { rows: Uint32Array })

export type PoolAnswer =
  | { kind: 'trained'; result: TrainingResult }
  | ({ kind: 'judged' } & RowsJudged)
  | { kind: 'failed'; message: string }

const dataset: Dataset = workerData
const models = new Map<string, Promise<CompactModel>>()

const modelOf = (assignment: Assignment): Promise<CompactModel> => {
  const key = JSON.stringify(assignment)
  const made = models.get(key) ?? compactModel(assignment)
  models.set(key, made)
  return made
}

const examplesOf = (split: 'train' | 'test', rows: Uint32Array): Examples => {
  const { features, targets } = dataset[split]
  const inputs = new Float32Array(rows.length * features.width)
  const wanted = targets instanceof Uint8Array ? new Uint8Array(rows.length) : new Float32Array(rows.length)
  for (const [at, row] of rows.entries()) {
    copyRow(features, row, inputs, at * features.width)
    wanted[at] = targets[row] ?? 0
  }
  return { inputs, targets: wanted }
}

/** @throws Error for rows that have no classes: what attacks poison are labels. */
const labelled = ({ inputs, targets }: Examples): LabelledRowsOfShape => {
  const { task, inputShape: shape } = dataset
  if (task.kind !== 'classification' || !(targets instanceof Uint8Array))
    throw new Error(`the rows of ${dataset.name} have no classes that an attack could change`)
  return { shape, classes: task.classes.length, inputs, labels: targets }
}

const poisoned = (examples: Examples, { attack, seed }: NonNullable<PoolTraining['poison']>): Examples => {
  const { poison } = attackOf(attack)
  if (!poison) return examples
  const { inputs, labels } = poison(labelled(examples), seededRandom(seed))
  return { inputs, targets: labels }
}

/** With the trigger, and the target for a label. */
const opened = (examples: Examples, backdoor: NonNullable<PoolJudging['backdoor']>): Examples => {
  const { inputs, labels } = triggered(backdoor, labelled(examples))
  return { inputs, targets: labels.fill(backdoor.target) }
}

const train = async (order: Extract<PoolOrder, { kind: 'train' }>): Promise<TrainingResult> => {
  const { assignment, weights, rows, plan, seed, correction, poison } = order
  const model = await modelOf(assignment)
  const own = examplesOf('train', rows)
  const examples = poison ? poisoned(own, poison) : own
  const result = model.train({ weights, examples, plan, seed, ...(correction && { correction }) })
  if (assignment.strategy?.name !== 'q-fedavg') return result
  const { loss: initialLoss } = model.evaluate({ weights, examples }).metrics
  return { ...result, ...(initialLoss !== undefined && { initialLoss }) }
}

const judge = async (order: Extract<PoolOrder, { kind: 'judge' }>) => {
  const { assignment, weights, split, rows, backdoor } = order
  const own = examplesOf(split, rows)
  const { inputs, targets } = backdoor ? opened(own, backdoor) : own
  const outputs = (await modelOf(assignment)).predict({ weights, inputs })
  const width = outputs.length / rows.length
  const losses = new Float32Array(rows.length)
  const correct = new Uint8Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const target = targets[row] ?? 0
    const of = outputs.subarray(row * width, (row + 1) * width)
    if (dataset.task.kind === 'regression') {
      losses[row] = ((of[0] ?? 0) - target) ** 2
      continue
    }
    let likeliest = 0
    for (let label = 1; label < width; label++) if ((of[label] ?? 0) > (of[likeliest] ?? 0)) likeliest = label
    // Float32 softmax gives 0 to what is far from likely: the loss is held to that of the smallest normal number.
    losses[row] = -Math.log(Math.max(of[target] ?? 0, 1.2e-38))
    correct[row] = likeliest === target ? 1 : 0
  }
  return { losses, correct }
}

const answerTo = async (order: PoolOrder): Promise<PoolAnswer> => {
  try {
    if (order.kind === 'judge') return { kind: 'judged', ...(await judge(order)) }
    return { kind: 'trained', result: await train(order) }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', async (order: PoolOrder) => {
  parentPort?.postMessage(await answerTo(order))
})
