/** A model in memory put to use: judged, or asked. */
import { unreachable } from '@tributary/protocols'
import { countExamples, type Examples, hasClasses } from '../examples.ts'
import { type Inputs, rowMajor } from '../inputs.ts'
import { judge, meansOf, NOTHING, plus } from '../losses.ts'
import { type CompactBody, exampleSizes } from './body.ts'
import { sizeOf } from './layer.ts'

/** Some examples at each `next()`. */
export function* judgeCompact(
  body: CompactBody,
  weights: Float32Array,
  examples: Examples,
): Generator<undefined, { examples: number; metrics: Record<string, number> }, void> {
  const sizes = exampleSizes(body.outline)
  const count = countExamples(examples, sizes)
  const width = body.outline.outputShape.at(-1) ?? 1
  const { targets } = examples
  const targetSize = hasClasses(examples) ? 1 : sizes.output
  let totals = NOTHING
  body.load(weights)
  yield* answer(body, examples.inputs, count, (logits, start, rows) => {
    const own = targets.subarray(start * targetSize, (start + rows) * targetSize)
    totals = plus(totals, judge(body.loss, { logits, targets: own, width }))
  })
  return { examples: count, metrics: { ...meansOf(totals) } }
}

/** Some rows at each `next()`. @throws TributaryError `bad-examples`. */
export function* askCompact(
  body: CompactBody,
  weights: Float32Array,
  asked: Inputs,
): Generator<undefined, Float32Array, void> {
  const sizes = exampleSizes(body.outline)
  const inputs = rowMajor(asked, sizes.input)
  const count = inputs.length / sizes.input
  const outputs = new Float32Array(count * sizes.output)
  body.load(weights)
  yield* answer(body, inputs, count, (logits, start, some) => {
    activate(body, some)
    outputs.set(logits, start * sizes.output)
  })
  return outputs
}

/** Sends the examples through in turn. `take` reads the logits of `rows` examples from the `start`th on, in place. */
function* answer(
  { kernels, outline, roomFor }: CompactBody,
  inputs: Float32Array,
  count: number,
  take: (logits: Float32Array, start: number, rows: number) => void,
): Generator<undefined, void, void> {
  const assembly = roomFor(1)
  const [size, outputs] = [sizeOf(outline.inputShape), sizeOf(outline.outputShape)]
  for (let start = 0; start < count; start += assembly.capacity) {
    const rows = Math.min(assembly.capacity, count - start)
    const batch = inputs.subarray(start * size, (start + rows) * size)
    new Float32Array(kernels.memory.buffer, assembly.input.values, batch.length).set(batch)
    for (const layer of assembly.layers) layer.forward(rows, 'inference')
    take(new Float32Array(kernels.memory.buffer, assembly.output.values, rows * outputs), start, rows)
    yield
  }
}

const activate = ({ kernels, outline, roomFor }: CompactBody, rows: number): void => {
  const { values } = roomFor(1).output
  const size = sizeOf(outline.outputShape)
  const width = outline.outputShape.at(-1) ?? 1
  switch (outline.output) {
    case 'linear':
      return
    case 'softmax':
      kernels.softmax(values, (rows * size) / width, width)
      return
    case 'sigmoid':
      kernels.sigmoid(values, rows * size)
      return
    default:
      unreachable(outline.output)
  }
}
