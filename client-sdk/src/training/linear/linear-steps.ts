/** The plan, carried out on a linear model: the order of examples and the means told are those of the other trainers. */
import { seededRandom } from '@tributary/protocols/runtime'
import { drawnFrom, type Supply } from '../feed.ts'
import type { TrainingSteps } from '../in-turns.ts'
import { judge, meansOf, NOTHING, plus } from '../losses.ts'
import type { TrainingJob } from '../trainer.ts'
import { createLinearDescent } from './linear-descent.ts'
import { backward, errorsOf, forward, roomFor, rowsAtOnce, targetsOf } from './linear-rows.ts'
import type { LinearSpec } from './linear-spec.ts'

/** Batches whose mean loss is told together. */
const TELL_EVERY = 16

/** Some rows at each `next()`, in float64; the weights are rounded to float32 when all is done. @throws TributaryError `bad-examples`. */
export function* linearSteps(
  spec: LinearSpec,
  supply: Supply,
  {
    weights: received,
    plan,
    seed,
    correction,
  }: Pick<TrainingJob, 'weights' | 'plan' | 'seed' | 'correction'>,
): TrainingSteps {
  const { inputs, outputs, loss } = spec
  const feed = supply({ plan, sizes: { input: inputs, output: outputs }, random: seededRandom(seed) })
  const { examples } = feed
  let drawn = yield* drawnFrom(feed)
  if (!drawn) return { weights: received.slice(), examples: 0, metrics: {} }

  const weights = Float64Array.from(received)
  const gradient = new Float64Array(weights.length)
  const descend = createLinearDescent(spec, weights, plan, correction)
  const atOnce = Math.min(rowsAtOnce(spec), drawn.rows.length)
  const room = roomFor(spec, atOnce)

  let means = {}
  let [totals, latest] = [NOTHING, NOTHING]
  let steps = 0
  for (let batch = 0; drawn; drawn = yield* drawnFrom(feed)) {
    const { rows, first, last, fraction } = drawn
    if (first) [totals, latest, batch] = [NOTHING, NOTHING, 0]
    gradient.fill(0)
    for (let start = 0; start < rows.length; start += atOnce) {
      const some = rows.subarray(start, start + atOnce)
      forward(spec, weights, { inputs: examples.inputs, order: some }, room)
      const targets = targetsOf(examples, some, outputs)
      const logits = room.logits.subarray(0, targets.length)
      latest = plus(latest, judge(loss, { logits, targets, width: outputs }))
      backward(spec, room, errorsOf(loss, logits, targets, { outputs, rows: rows.length }), gradient)
      yield undefined
    }
    descend(gradient)
    steps++
    if (!last && ++batch % TELL_EVERY !== 0) continue
    yield { fraction, loss: latest.loss / latest.of }
    totals = plus(totals, latest)
    latest = NOTHING
    means = meansOf(totals)
  }
  return {
    weights: Float32Array.from(weights),
    examples: feed.count,
    metrics: means,
    steps,
    ...(correction && { corrected: true }),
  }
}
