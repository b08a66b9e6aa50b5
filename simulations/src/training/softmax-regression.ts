import type { Trainer, TrainingModel } from '@tributary/client-sdk'
import { seededRandom, shuffle } from '@tributary/protocols/runtime'

/** Rows of `features` values each, and their classes. */
export type LabelledRows = { features: number; classes: number; inputs: Float32Array; labels: Uint8Array }

/**
 * Multinomial logistic regression by minibatch gradient descent, in plain TypeScript: weights are `features × classes`
 * values, row-major, then `classes` biases. For simulations that need a real model and no tensor library.
 */
export const softmaxRegressionTrainer = (rows: LabelledRows): Trainer => ({
  async train({ weights, plan, seed, signal, onProgress }) {
    if (plan.optimizer.name !== 'sgd' || plan.loss !== 'softmax-cross-entropy')
      throw new Error('softmax regression trains by sgd on softmax-cross-entropy: change the plan')
    const trained = weights.slice()
    const examples = rows.labels.length
    const order = Array.from({ length: examples }, (_, i) => i)
    const random = seededRandom(seed)
    const { learningRate } = plan.optimizer
    let loss = 0
    for (let epoch = 0; epoch < plan.epochs; epoch++) {
      signal.throwIfAborted()
      const shuffled = shuffle(random, order)
      loss = 0
      for (let start = 0; start < examples; start += plan.batchSize)
        loss += step(rows, trained, shuffled.slice(start, start + plan.batchSize), learningRate)
      onProgress({ fraction: (epoch + 1) / plan.epochs, loss: loss / examples })
    }
    return { weights: trained, examples, metrics: { loss: loss / examples } }
  },
})

/** Mean loss and accuracy of a model on some rows. */
export const judgeSoftmaxRegression = (rows: LabelledRows, weights: TrainingModel['weights']) => {
  const probabilities = new Float64Array(rows.classes)
  let [loss, right] = [0, 0]
  for (let row = 0; row < rows.labels.length; row++) {
    classify(rows, weights, row, probabilities)
    const label = rows.labels[row] ?? 0
    loss -= Math.log(Math.max(1e-12, probabilities[label] ?? 0))
    if (probabilities.indexOf(Math.max(...probabilities)) === label) right++
  }
  return { loss: loss / rows.labels.length, accuracy: right / rows.labels.length }
}

/** One descent step on a batch; gives the batch's summed loss before it. */
const step = (rows: LabelledRows, weights: Float32Array, batch: readonly number[], learningRate: number) => {
  const { features, classes, inputs, labels } = rows
  const rate = learningRate / batch.length
  const errors = batch.map((row) => {
    const probabilities = new Float64Array(classes)
    classify(rows, weights, row, probabilities)
    return probabilities
  })
  let loss = 0
  batch.forEach((row, i) => {
    const error = errors[i] as Float64Array
    const label = labels[row] ?? 0
    loss -= Math.log(Math.max(1e-12, error[label] ?? 0))
    error[label] = (error[label] ?? 0) - 1
    for (let feature = 0; feature < features; feature++) {
      const value = inputs[row * features + feature] ?? 0
      if (value === 0) continue
      for (let c = 0; c < classes; c++) {
        const at = feature * classes + c
        weights[at] = (weights[at] ?? 0) - rate * value * (error[c] ?? 0)
      }
    }
    for (let c = 0; c < classes; c++) {
      const at = features * classes + c
      weights[at] = (weights[at] ?? 0) - rate * (error[c] ?? 0)
    }
  })
  return loss
}

/** Fills `probabilities` with the softmax of one row's logits. */
const classify = (
  { features, classes, inputs }: LabelledRows,
  weights: Float32Array,
  row: number,
  probabilities: Float64Array,
): void => {
  for (let c = 0; c < classes; c++) probabilities[c] = weights[features * classes + c] ?? 0
  for (let feature = 0; feature < features; feature++) {
    const value = inputs[row * features + feature] ?? 0
    if (value === 0) continue
    for (let c = 0; c < classes; c++)
      probabilities[c] = (probabilities[c] ?? 0) + value * (weights[feature * classes + c] ?? 0)
  }
  const highest = Math.max(...probabilities)
  let sum = 0
  for (let c = 0; c < classes; c++) {
    probabilities[c] = Math.exp((probabilities[c] ?? 0) - highest)
    sum += probabilities[c] ?? 0
  }
  for (let c = 0; c < classes; c++) probabilities[c] = (probabilities[c] ?? 0) / sum
}
