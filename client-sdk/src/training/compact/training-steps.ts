/** The plan, carried out on a model in memory: the order of examples and the means told are those of the tfjs trainer. */
import { integerBelow, seededRandom } from '@tributary/protocols/runtime'
import { hasClasses } from '../examples.ts'
import { drawnFrom, type Feed, heldSupply } from '../feed.ts'
import type { TrainingSteps } from '../in-turns.ts'
import { meansOf, NOTHING, plus } from '../losses.ts'
import { loadInputs, loadTargets } from './batches.ts'
import { type CompactBody, type CompactJob, exampleSizes } from './body.ts'
import { createCompactDescent } from './compact-descent.ts'
import { unsupported } from './sequential-spec.ts'

/** Batches whose mean loss is told together. */
const TELL_EVERY = 16

/** A job with its examples in batches, which are drawn one at each step. */
export type FedJob = Omit<CompactJob, 'examples'> & { feed: Feed }

/** One batch at each `next()`. @throws TributaryError `bad-examples`, `unsupported-model`. */
export function* trainingSteps(body: CompactBody, job: CompactJob | FedJob): TrainingSteps {
  const { kernels, outline } = body
  const sizes = exampleSizes(outline)
  const { weights, plan, seed, correction } = job
  const feed =
    'feed' in job ? job.feed : heldSupply(job.examples)({ plan, sizes, random: seededRandom(seed) })
  const { examples } = feed
  let drawn = yield* drawnFrom(feed)
  if (!drawn) return { weights: weights.slice(), examples: 0, metrics: {} }
  if (outline.trainedValues === 0) throw unsupported('none of its weights is trained')

  const assembly = body.roomFor(drawn.rows.length)
  body.load(weights)
  const added = correction ? body.memory('correction') : 0
  if (correction) body.spread(correction, added)
  const descent = createCompactDescent(kernels, assembly, plan, body.memory, added)
  const { loss } = assembly
  loss.read() // what a training that was broken off has left
  const classes = body.loss === 'softmax-cross-entropy' && hasClasses(examples)
  const targets = { address: assembly.targets, classes }
  const dropped = integerBelow(seededRandom(seed).fork('dropout'), 2 ** 32)
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
  let totals = NOTHING
  for (let batch = 0; drawn; drawn = yield* drawnFrom(feed)) {
    if (drawn.first) [totals, batch] = [NOTHING, 0]
    step(drawn.rows)
    if (!drawn.last && ++batch % TELL_EVERY !== 0) {
      yield undefined
      continue
    }
    const latest = loss.read()
    totals = plus(totals, latest)
    means = meansOf(totals)
    yield { fraction: drawn.fraction, loss: latest.loss / latest.of }
  }
  return {
    weights: body.read(),
    examples: feed.count,
    metrics: means,
    steps,
    ...(correction && { corrected: true }),
  }
}
