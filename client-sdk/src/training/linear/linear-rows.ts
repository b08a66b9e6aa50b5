/** Examples on their way through a linear model, a few rows at a time. */
import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'
import { type Examples, hasClasses } from '../examples.ts'
import type { LinearSpec } from './linear-spec.ts'

/** Row-major: of each row its standardized inputs and its logits. */
export type LinearRows = { rows: number; inputs: Float64Array; logits: Float64Array }

/** Products that are computed before anything else has its turn: about a millisecond's. */
const PRODUCTS_AT_ONCE = 1_000_000

export const rowsAtOnce = ({ inputs, outputs }: LinearSpec): number =>
  Math.max(1, Math.floor(PRODUCTS_AT_ONCE / (inputs * outputs)))

/** Room for this many rows. */
export const roomFor = ({ inputs, outputs }: LinearSpec, rows: number): LinearRows => ({
  rows: 0,
  inputs: new Float64Array(rows * inputs),
  logits: new Float64Array(rows * outputs),
})

/** Fills the room with these rows of the inputs, in this order, and with what the model makes of them. */
export const forward = (
  spec: LinearSpec,
  weights: ArrayLike<number>,
  { inputs: from, order }: { inputs: Float32Array; order: Uint32Array },
  room: LinearRows,
): void => {
  const { inputs, outputs, bias, standardize } = spec
  const { logits } = room
  const biasAt = inputs * outputs
  room.rows = order.length
  for (let row = 0; row < order.length; row++) {
    const [start, source, out] = [row * inputs, (order[row] ?? 0) * inputs, row * outputs]
    for (let c = 0; c < outputs; c++) logits[out + c] = bias ? (weights[biasAt + c] ?? 0) : 0
    for (let i = 0; i < inputs; i++) {
      const given = from[source + i] ?? 0
      const value = standardize ? (given - (standardize.means[i] ?? 0)) / (standardize.scales[i] ?? 1) : given
      room.inputs[start + i] = value
      if (value === 0) continue
      const at = i * outputs
      for (let c = 0; c < outputs; c++)
        logits[out + c] = (logits[out + c] ?? 0) + value * (weights[at + c] ?? 0)
    }
  }
}

/** Adds what these rows' errors, ∂ loss / ∂ logits, say of the weights. */
export const backward = (
  { inputs: width, outputs, bias }: LinearSpec,
  { rows, inputs }: LinearRows,
  errors: Float64Array,
  gradient: Float64Array,
): void => {
  const biasAt = width * outputs
  for (let row = 0; row < rows; row++) {
    const error = row * outputs
    for (let i = 0; i < width; i++) {
      const value = inputs[row * width + i] ?? 0
      if (value === 0) continue
      const at = i * outputs
      for (let c = 0; c < outputs; c++)
        gradient[at + c] = (gradient[at + c] ?? 0) + value * (errors[error + c] ?? 0)
    }
    if (!bias) continue
    for (let c = 0; c < outputs; c++)
      gradient[biasAt + c] = (gradient[biasAt + c] ?? 0) + (errors[error + c] ?? 0)
  }
}

/** Targets of these rows as rows of the model's outputs: a class as a row with a single one. */
export const targetsOf = (
  { targets }: Pick<Examples, 'targets'>,
  order: Uint32Array,
  outputs: number,
): Float64Array => {
  const rows = new Float64Array(order.length * outputs)
  const hot = hasClasses({ targets })
  for (let row = 0; row < order.length; row++) {
    const from = order[row] ?? 0
    if (hot) rows[row * outputs + (targets[from] ?? 0)] = 1
    else rows.set(targets.subarray(from * outputs, (from + 1) * outputs), row * outputs)
  }
  return rows
}

/** ∂ mean loss / ∂ logits where `rows` are all the rows of the mean. */
export const errorsOf = (
  loss: Loss,
  logits: Float64Array,
  targets: Float64Array,
  { outputs, rows }: { outputs: number; rows: number },
): Float64Array => {
  const answers = logits.slice(0, targets.length)
  const less = (scale: number) => answers.map((answer, i) => (answer - (targets[i] ?? 0)) * scale)
  switch (loss) {
    case 'softmax-cross-entropy':
      softmax(answers, outputs)
      return less(1 / rows)
    case 'sigmoid-cross-entropy':
      sigmoid(answers)
      return less(1 / (rows * outputs))
    case 'mean-squared-error':
      return less(2 / (rows * outputs))
    default:
      return unreachable(loss)
  }
}

/** In place, rows of `width`. */
export const softmax = (values: Float64Array, width: number): void => {
  for (let start = 0; start < values.length; start += width) {
    let top = -Infinity
    for (let i = start; i < start + width; i++) top = Math.max(top, values[i] ?? 0)
    let sum = 0
    for (let i = start; i < start + width; i++) sum += values[i] = Math.exp((values[i] ?? 0) - top)
    for (let i = start; i < start + width; i++) values[i] = (values[i] ?? 0) / sum
  }
}

/** In place. */
export const sigmoid = (values: Float64Array): void => {
  for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-(values[i] ?? 0)))
}
