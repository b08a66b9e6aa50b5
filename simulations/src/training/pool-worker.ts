/** A thread that trains and judges by the compact backend on rows of a data set that it shares with others. */
import { parentPort, workerData } from 'node:worker_threads'
import type { TrainingResult } from '@tributary/client-sdk'
import { type CompactModel, compactModel, type Examples } from '@tributary/client-sdk/compact'
import type { Assignment } from '@tributary/protocols/task'
import { copyRow, type Dataset } from '../datasets/dataset.ts'
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

const judge = async ({ assignment, weights, split, rows }: Extract<PoolOrder, { kind: 'judge' }>) => {
  const { inputs, targets } = examplesOf(split, rows)
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
    const { assignment, weights, rows, plan, correction, seed } = order
    const model = await modelOf(assignment)
    return {
      kind: 'trained',
      result: model.train({
        weights,
        examples: examplesOf('train', rows),
        plan,
        seed,
        ...(correction && { correction }),
      }),
    }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', async (order: PoolOrder) => {
  parentPort?.postMessage(await answerTo(order))
})
