/** A linear model put to use: judged, or asked. */
import { unreachable } from '@tributary/protocols'
import { countExamples, type Examples } from '../examples.ts'
import { type Inputs, rowMajor } from '../inputs.ts'
import { judge, meansOf, NOTHING, plus } from '../losses.ts'
import { forward, type LinearRows, roomFor, rowsAtOnce, sigmoid, softmax, targetsOf } from './linear-rows.ts'
import type { LinearSpec } from './linear-spec.ts'

/** Mean loss, and accuracy where it means something. @throws TributaryError `bad-examples`. */
export const judgeLinear = (
  spec: LinearSpec,
  weights: Float32Array,
  examples: Examples,
): { examples: number; metrics: Record<string, number> } => {
  const { inputs, outputs, loss } = spec
  const count = countExamples(examples, { input: inputs, output: outputs })
  let totals = NOTHING
  for (const { order, logits } of answers(spec, weights, examples.inputs, count)) {
    const targets = targetsOf(examples, order, outputs)
    totals = plus(totals, judge(loss, { logits, targets, width: outputs }))
  }
  return { examples: count, metrics: { ...meansOf(totals) } }
}

/** Row-major outputs, activated as the model says. @throws TributaryError `bad-examples`. */
export const askLinear = (spec: LinearSpec, weights: Float32Array, asked: Inputs): Float32Array => {
  const inputs = rowMajor(asked, spec.inputs)
  const count = inputs.length / spec.inputs
  const outputs = new Float32Array(count * spec.outputs)
  for (const { order, logits } of answers(spec, weights, inputs, count)) {
    activate(spec, logits)
    outputs.set(logits, (order[0] ?? 0) * spec.outputs)
  }
  return outputs
}

/** The logits of all rows, in turn. Each view is good until the next. */
function* answers(spec: LinearSpec, weights: Float32Array, inputs: Float32Array, count: number) {
  const atOnce = Math.min(rowsAtOnce(spec), count)
  const room: LinearRows = roomFor(spec, atOnce)
  for (let start = 0; start < count; start += atOnce) {
    const order = Uint32Array.from({ length: Math.min(atOnce, count - start) }, (_, i) => start + i)
    forward(spec, weights, { inputs, order }, room)
    yield { order, logits: room.logits.subarray(0, order.length * spec.outputs) }
  }
}

const activate = ({ activation, outputs }: LinearSpec, logits: Float64Array): void => {
  switch (activation) {
    case 'linear':
      return
    case 'softmax':
      softmax(logits, outputs)
      return
    case 'sigmoid':
      sigmoid(logits)
      return
    default:
      unreachable(activation)
  }
}
