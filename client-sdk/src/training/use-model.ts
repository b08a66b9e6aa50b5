/** A built model put to use: judged, or asked. */
import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'
import type { Backend, Tensor } from './backends/backend.ts'
import { type BuiltModel, logitsOf, sizeOf } from './built-model.ts'
import { batchOf, countExamples, type Examples } from './examples.ts'
import { type Inputs, rowMajor } from './inputs.ts'
import { createLedger } from './ledger.ts'
import type { OutputActivation } from './topology.ts'
import { createTurns } from './turns.ts'

/** Examples that go through the model at once: enough to be fast, few enough for any device's memory. */
const ROWS_AT_ONCE = 256

/** Mean loss, and accuracy where it means something. @throws TributaryError `bad-examples`. */
export const judgeModel = async (
  { tf }: Pick<Backend, 'tf'>,
  model: BuiltModel,
  examples: Examples,
  { weights, loss, sliceMs }: { weights: Float32Array; loss: Loss; sliceMs?: number | undefined },
): Promise<{ examples: number; metrics: Record<string, number> }> => {
  const sizes = { input: sizeOf(model.inputShape), output: sizeOf(model.outputShape) }
  const count = countExamples(examples, sizes)
  const ledger = createLedger(loss, model.outputShape.at(-1) ?? 1)
  const rows = Uint32Array.from({ length: count }, (_, i) => i)
  model.load(weights)
  const turns = createTurns({ sliceMs })
  try {
    for (let start = 0; start < count; start += ROWS_AT_ONCE) {
      const order = rows.subarray(start, start + ROWS_AT_ONCE)
      const { inputs, targets } = batchOf(examples, order, sizes)
      const logits = tf.tidy(() =>
        logitsOf(
          model,
          tf.tensor(inputs, [order.length, ...model.inputShape], model.inputDtype),
          'inference',
        ),
      )
      ledger.add({ logits, targets })
      await ledger.read()
      if (turns.due()) await turns.take()
    }
    return { examples: count, metrics: { ...ledger.means() } }
  } finally {
    turns.end()
    ledger.dispose()
  }
}

/** Row-major outputs, one row of the model's output shape for each example. @throws TributaryError `bad-examples`. */
export const askModel = async (
  { tf }: Pick<Backend, 'tf'>,
  model: BuiltModel,
  asked: Inputs,
  { weights, sliceMs }: { weights: Float32Array; sliceMs?: number | undefined },
): Promise<Float32Array> => {
  const size = sizeOf(model.inputShape)
  const inputs = rowMajor(asked, size)
  const count = inputs.length / size
  const outputs = new Float32Array(count * sizeOf(model.outputShape))
  model.load(weights)
  const turns = createTurns({ sliceMs })
  try {
    for (let start = 0; start < count; start += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, count - start)
      const output = tf.tidy(() => {
        const x = tf.tensor(
          inputs.slice(start * size, (start + rows) * size),
          [rows, ...model.inputShape],
          model.inputDtype,
        )
        return activate({ tf }, model.activation, logitsOf(model, x, 'inference'))
      })
      outputs.set(await output.data(), start * sizeOf(model.outputShape))
      output.dispose()
      if (turns.due()) await turns.take()
    }
    return outputs
  } finally {
    turns.end()
  }
}

const activate = ({ tf }: Pick<Backend, 'tf'>, activation: OutputActivation, logits: Tensor): Tensor => {
  switch (activation) {
    case 'linear':
      return logits
    case 'softmax':
      return tf.softmax(logits)
    case 'sigmoid':
      return tf.sigmoid(logits)
    default:
      return unreachable(activation)
  }
}
