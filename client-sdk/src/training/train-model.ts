/** The plan, carried out on a built model. */
import { seededRandom } from '@tributary/protocols/runtime'
import type { Backend, Scalar, Tensor } from './backends/backend.ts'
import { type BuiltModel, logitsOf, sizeOf } from './built-model.ts'
import { batchOf } from './examples.ts'
import type { Supply } from './feed.ts'
import { createLedger } from './ledger.ts'
import { lossGradient } from './loss-gradient.ts'
import { createDescent } from './optimizers.ts'
import type { TrainingJob, TrainingResult } from './trainer.ts'
import { createTurns } from './turns.ts'

/** Batches whose losses are read back together. */
const READ_EVERY = 16

/**
 * Trains from the job's weights, in slices of `sliceMs`: after each everything else has its turn, and an abort is heard.
 * @throws the signal's reason once it has aborted; TributaryError `bad-examples`.
 */
export const trainModel = async (
  { tf }: Pick<Backend, 'tf'>,
  model: BuiltModel,
  supply: Supply,
  job: TrainingJob,
  sliceMs?: number,
): Promise<TrainingResult> => {
  const { plan, signal, weights, correction } = job
  const sizes = { input: sizeOf(model.inputShape), output: sizeOf(model.outputShape) }
  const feed = supply({ plan, sizes, random: seededRandom(job.seed) })
  await feed.fill()
  let drawn = feed.next()
  if (!drawn) return { weights: weights.slice(), examples: 0, metrics: {} }

  model.load(weights)
  const variables = model.trainable
  const anchors = plan.proximal > 0 ? variables.map((variable) => tf.keep(tf.clone(variable))) : []
  const corrections = (correction ? model.partsOf(correction) : []).map((part, i) =>
    tf.keep(tf.tensor(part, variables[i]?.shape)),
  )
  const descent = createDescent(tf, plan.optimizer, variables)
  const ledger = createLedger(plan.loss, model.outputShape.at(-1) ?? 1)
  const turns = createTurns({ sliceMs })
  let steps = 0

  const step = (order: Uint32Array): void => {
    const { inputs, targets } = batchOf(feed.examples, order, sizes)
    const logits = tf.tidy(() => {
      const x = tf.tensor(inputs, [order.length, ...model.inputShape], model.inputDtype)
      const y = targetTensor({ tf }, model, targets, order.length)
      const answers: Tensor[] = []
      const { grads } = tf.variableGrads(() => {
        const answer = logitsOf(model, x, 'training')
        answers.push(tf.keep(answer))
        const loss = lossGradient(tf, plan.loss, y, answer)
        // Of the layers' own regularizers, where they have any.
        return model.layers.calculateLosses().reduce<Scalar>((sum, term) => tf.add(sum, term), loss)
      }, [...variables])
      const gradients = variables.map((variable, i) => {
        const gradient = grads[variable.name] ?? tf.zerosLike(variable)
        const [anchor, added] = [anchors[i], corrections[i]]
        // FedProx (Li et al. 2020): ∇ ½μ‖w − w₀‖² = μ(w − w₀).
        const pulled = anchor ? tf.add(gradient, tf.mul(tf.sub(variable, anchor), plan.proximal)) : gradient
        return added ? tf.add(pulled, added) : pulled
      })
      descent.step(gradients)
      return answers
    })
    for (const answer of logits) ledger.add({ logits: answer, targets })
  }

  try {
    while (drawn) {
      signal.throwIfAborted()
      if (drawn.first) ledger.startOver()
      step(drawn.rows)
      steps++
      if (ledger.unread() >= READ_EVERY || drawn.last) {
        const loss = await ledger.read()
        job.onProgress({ fraction: drawn.fraction, loss })
      }
      if (turns.due()) await turns.take()
      await feed.fill()
      drawn = feed.next()
    }
    signal.throwIfAborted()
    return {
      weights: await model.read(),
      examples: feed.count,
      metrics: { ...ledger.means() },
      steps,
      ...(correction && { corrected: true }),
    }
  } finally {
    turns.end()
    ledger.dispose()
    descent.dispose()
    for (const kept of [...anchors, ...corrections]) kept.dispose()
  }
}

/** Targets of the shape of the model's output: classes as rows with a single one. */
export const targetTensor = (
  { tf }: Pick<Backend, 'tf'>,
  model: BuiltModel,
  targets: Float32Array | Int32Array,
  rows: number,
): Tensor => {
  const shape = [rows, ...model.outputShape]
  if (targets instanceof Float32Array) return tf.tensor(targets, shape, 'float32')
  // By hand: the wasm backend's own one-hot writes whole numbers also where floats are asked for.
  const classes = sizeOf(model.outputShape)
  const hot = new Float32Array(rows * classes)
  for (const [row, target] of targets.entries()) hot[row * classes + target] = 1
  return tf.tensor(hot, shape, 'float32')
}
