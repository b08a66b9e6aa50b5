/** The plan, carried out on a model in memory: the order of examples and the means told are those of the tfjs trainer. */
import { integerBelow, seededRandom } from '@tributary/protocols/runtime'
import { countExamples, hasClasses } from '../examples.ts'
import { meansOf, NOTHING, plus } from '../losses.ts'
import { shuffled } from '../shuffle.ts'
import type { TrainingProgress, TrainingResult } from '../trainer.ts'
import { loadInputs, loadTargets } from './batches.ts'
import { type CompactBody, type CompactJob, exampleSizes } from './body.ts'
import { createCompactDescent } from './compact-descent.ts'
import { unsupported } from './sequential-spec.ts'

/** Batches whose mean loss is told together. */
const TELL_EVERY = 16

/** One batch at each `next()`. @throws TributaryError `bad-examples`, `unsupported-model`. */
export function* trainingSteps(
  body: CompactBody,
  { weights, examples, plan, seed, correction }: CompactJob,
): Generator<TrainingProgress | undefined, TrainingResult, void> {
  const { kernels, outline } = body
  const sizes = exampleSizes(outline)
  const count = countExamples(examples, sizes)
  if (count === 0) return { weights: weights.slice(), examples: 0, metrics: {} }
  if (outline.trainedValues === 0) throw unsupported('none of its weights is trained')

  const assembly = body.roomFor(Math.min(plan.batchSize, count))
  body.load(weights)
  const added = correction ? body.memory('correction') : 0
  if (correction) body.spread(correction, added)
  const descent = createCompactDescent(kernels, assembly, plan, body.memory, added)
  const { loss } = assembly
  loss.read() // what a training that was broken off has left
  const classes = body.loss === 'softmax-cross-entropy' && hasClasses(examples)
  const targets = { address: assembly.targets, classes }
  const random = seededRandom(seed)
  const dropped = integerBelow(random.fork('dropout'), 2 ** 32)
  const batches = Math.ceil(count / plan.batchSize)
  let steps = 0

  const step = (order: Uint32Array): void => {
    assembly.chance.word = Math.imul(++steps, 0x9e3779b1) ^ dropped
    loadInputs(kernels, examples.inputs, order, sizes.input, assembly.input.values)
    loadTargets(kernels, examples, order, sizes, targets)
    for (const layer of assembly.layers) layer.forward(order.length, 'training')
    loss.step(order.length, targets)
    for (const layer of assembly.backwards) layer.backward(order.length, descent.directRate)
    descent.step()
  }

  let means = {}
  for (let epoch = 0; epoch < plan.epochs; epoch++) {
    let totals = NOTHING
    const order = shuffled(count, random)
    for (let batch = 0; batch < batches; batch++) {
      step(order.subarray(batch * plan.batchSize, (batch + 1) * plan.batchSize))
      const last = batch === batches - 1
      if (!last && (batch + 1) % TELL_EVERY !== 0) {
        yield undefined
        continue
      }
      const latest = loss.read()
      totals = plus(totals, latest)
      means = meansOf(totals)
      yield {
        fraction: (epoch * batches + batch + 1) / (plan.epochs * batches),
        loss: latest.loss / latest.of,
      }
    }
  }
  return {
    weights: body.read(),
    examples: count,
    metrics: means,
    steps,
    ...(correction && { corrected: true }),
  }
}
