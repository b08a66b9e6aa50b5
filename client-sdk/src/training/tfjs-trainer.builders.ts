/** Small models and problems for the trainer's tests. */
import { normal, seededRandom } from '@tributary/protocols/runtime'
import { type Assignment, type ModelSpec, manifestOf, Plan } from '@tributary/protocols/task'
import { tensorSpans, totalElements } from '@tributary/protocols/tensors'
import type * as z from 'zod'
import type { Examples } from './examples.ts'
import type { TrainingJob, TrainingProgress } from './trainer.ts'

/** A dense network, as `describeTfjsModel` would have it: `sizes` from input to output. */
export const denseModel = (sizes: readonly number[], output = 'softmax'): ModelSpec => {
  const layers = sizes.slice(1).map((units, i) => ({
    class_name: 'Dense',
    config: {
      name: `dense_${i + 1}`,
      units,
      activation: i === sizes.length - 2 ? output : 'relu',
      use_bias: true,
      kernel_initializer: { class_name: 'Zeros', config: {} },
      bias_initializer: { class_name: 'Zeros', config: {} },
      ...(i === 0 ? { batch_input_shape: [null, sizes[0] ?? 1], dtype: 'float32' } : {}),
    },
  }))
  return {
    format: 'tfjs-layers',
    topology: { class_name: 'Sequential', config: { name: 'sequential_1', layers } },
    tensors: sizes.slice(1).flatMap((units, i) => [
      {
        name: `dense_${i + 1}/kernel`,
        shape: [sizes[i] ?? 1, units],
        dtype: 'F32' as const,
        initializer: 'glorot-uniform' as const,
      },
      { name: `dense_${i + 1}/bias`, shape: [units], dtype: 'F32' as const, initializer: 'zeros' as const },
    ]),
    initial: { kind: 'seeded', seed: 1 },
  }
}

export const aPlan = (plan: Partial<z.input<typeof Plan>> = {}): Plan =>
  Plan.parse({
    epochs: 5,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
    ...plan,
  })

/** Seeded weights: matrices drawn as Glorot and Bengio have it, the rest zero. */
export const someWeights = (model: ModelSpec, seed: string | number = 'weights'): Float32Array => {
  const manifest = manifestOf(model)
  const random = seededRandom(seed)
  const weights = new Float32Array(totalElements(manifest))
  for (const { shape, start, end } of tensorSpans(manifest)) {
    if (shape.length < 2) continue
    const fans = (end - start) / (shape.at(-1) ?? 1) + (shape.at(-1) ?? 1)
    for (let i = start; i < end; i++) weights[i] = normal(random) * Math.sqrt(2 / fans)
  }
  return weights
}

/** Clusters of points around seeded centres, one a class: a problem with one right answer. */
export const clusters = ({
  count,
  width,
  classes,
  seed = 'clusters',
}: {
  count: number
  width: number
  classes: number
  seed?: string
}): Examples => {
  const centres = seededRandom('centres')
  const middle = Float32Array.from({ length: classes * width }, () => 2 * normal(centres))
  const random = seededRandom(seed)
  const inputs = new Float32Array(count * width)
  const targets = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const target = row % classes
    targets[row] = target
    for (let i = 0; i < width; i++)
      inputs[row * width + i] = (middle[target * width + i] ?? 0) + normal(random)
  }
  return { inputs, targets }
}

/** A job that writes its progress down. */
export const aJob = (
  assignment: Assignment,
  { seed = 1, weights = someWeights(assignment.model) } = {},
): TrainingJob & { progress: TrainingProgress[]; abort: AbortController } => {
  const progress: TrainingProgress[] = []
  const abort = new AbortController()
  return {
    assignment,
    plan: assignment.plan,
    weights,
    seed,
    signal: abort.signal,
    onProgress: (told) => progress.push(told),
    progress,
    abort,
  }
}
