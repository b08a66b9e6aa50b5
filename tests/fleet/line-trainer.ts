/** A model small enough to follow by hand: y = a·x₁ + b·x₂ + c, fitted to a few rows by gradient descent. */
import type { Evaluator, Predictor, Trainer, TrainingModel } from '@tributary/client-sdk'
import type { ModelSpec } from '@tributary/protocols/task'

export type Row = { x: readonly [number, number]; y: number }

/** What one training received and made. */
export type Training = { received: Float32Array; trained: Float32Array; examples: number; loss: number }

export type LineTrainer = Trainer &
  Evaluator &
  Predictor<Row['x'], number> & {
    /** Every training that was finished, in order. */
    trainings: Training[]
  }

export const LINE_TENSORS: ModelSpec['tensors'] = [
  { name: 'slopes', shape: [2, 1], dtype: 'F32', initializer: 'glorot-uniform' },
  { name: 'intercept', shape: [1], dtype: 'F32', initializer: 'zeros' },
]

export type LineTrainerOptions = {
  /** Waited for before a training ends; rejects where the training is to fail. */
  hold?: (signal: AbortSignal) => Promise<void>
}

export const lineTrainer = (rows: readonly Row[], { hold }: LineTrainerOptions = {}): LineTrainer => {
  const trainings: Training[] = []
  return {
    trainings,
    async train({ weights: received, plan, signal, onProgress }) {
      const trained = received.slice()
      for (let epoch = 1; epoch <= plan.epochs; epoch++) {
        step(trained, rows, plan.optimizer.learningRate)
        onProgress({ fraction: epoch / plan.epochs, loss: meanSquaredError(trained, rows) })
      }
      await hold?.(signal)
      const loss = meanSquaredError(trained, rows)
      trainings.push({ received: received.slice(), trained: trained.slice(), examples: rows.length, loss })
      return { weights: trained, examples: rows.length, metrics: { loss } }
    },
    evaluate: async ({ weights }: TrainingModel) => ({
      examples: rows.length,
      metrics: { loss: meanSquaredError(weights, rows) },
    }),
    predict: async ({ weights }: TrainingModel, x: Row['x']) => predicted(weights, x),
  }
}

/** What a training changed, parameter by parameter, as float32. */
export const deltaOf = ({ received, trained }: Training): Float32Array =>
  trained.map((weight, i) => Math.fround(weight - (received[i] ?? Number.NaN)))

export const predicted = ([a = 0, b = 0, c = 0]: Float32Array, [x1, x2]: Row['x']): number =>
  a * x1 + b * x2 + c

const meanSquaredError = (weights: Float32Array, rows: readonly Row[]): number =>
  rows.reduce((sum, { x, y }) => sum + (predicted(weights, x) - y) ** 2, 0) / Math.max(1, rows.length)

const step = (weights: Float32Array, rows: readonly Row[], learningRate: number): void => {
  const gradient = [0, 0, 0]
  for (const { x, y } of rows) {
    const error = (2 * (predicted(weights, x) - y)) / rows.length
    for (const [i, input] of [...x, 1].entries()) gradient[i] = (gradient[i] ?? 0) + error * input
  }
  for (const [i, slope] of gradient.entries()) weights[i] = (weights[i] ?? 0) - learningRate * slope
}
