/** What is trained and what is frozen, put together in the order that a topology has its weights in. */
import { manifestOf } from '@tributary/protocols/plain-round'
import type { ModelSpec } from '@tributary/protocols/task'
import { type TensorManifest, tensorSpans, totalElements } from '@tributary/protocols/tensors'
import { TributaryError } from '../tributary-error.ts'
import { checkWeights, type ModelWeight } from './check-weights.ts'
import type { TrainingResult } from './trainer.ts'

type Parts = { weights: Float32Array; frozen?: Float32Array }

export type WholeModel = {
  /** All tensors, in the topology's order. */
  manifest: TensorManifest
  /** All weights. @throws TributaryError `model-mismatch` where the frozen part is missing or of another length. */
  weightsOf(parts: Parts): Float32Array
  /** The job of training them; what is frozen is corrected by nothing. */
  jobOf<Job extends Parts & { correction?: Float32Array }>(job: Job): Job
  /** A result of such a job with the weights that are trained, and no others. */
  trained(result: TrainingResult): TrainingResult
}

/**
 * @param weights Of the model that the topology builds.
 * @throws TributaryError `model-mismatch` where the task's tensors are others.
 */
export const wholeModel = (model: ModelSpec, weights: readonly ModelWeight[]): WholeModel => {
  const travelling = manifestOf(model)
  if (!model.frozen) {
    checkWeights(travelling, weights)
    return {
      manifest: travelling,
      weightsOf: (parts) => parts.weights,
      jobOf: (job) => job,
      trained: (result) => result,
    }
  }
  const { tensors } = model.frozen
  const placed = (spans: typeof travelling, isFrozen: boolean) =>
    tensorSpans(spans).map((span) => [span.name, { ...span, isFrozen }] as const)
  const places = new Map([...placed(travelling, false), ...placed(tensors, true)])
  const ordered = weights.map(({ name }) => {
    const place = places.get(name)
    if (!place) throw mismatch(`neither its tensors nor its frozen ones have the model’s ${name}`)
    places.delete(name)
    return place
  })
  const [left] = places.keys()
  if (left !== undefined) throw mismatch(`the model has no ${left}`)
  const manifest = ordered.map(({ name, shape, dtype }) => ({ name, shape, dtype }))
  checkWeights(manifest, weights)
  const [trainedElements, frozenElements] = [totalElements(travelling), totalElements(tensors)]

  const joined = (trained: Float32Array, frozen: Float32Array): Float32Array => {
    const flat = new Float32Array(trainedElements + frozenElements)
    let at = 0
    for (const { isFrozen, start, end } of ordered) {
      flat.set((isFrozen ? frozen : trained).subarray(start, end), at)
      at += end - start
    }
    return flat
  }
  const weightsOf = ({ weights: trained, frozen }: Parts): Float32Array => {
    if (trained.length !== trainedElements || frozen?.length !== frozenElements)
      throw mismatch(
        `it has ${trainedElements} trained and ${frozenElements} frozen parameters, and came with ${trained.length} and ${frozen?.length ?? 0}`,
      )
    return joined(trained, frozen)
  }
  return {
    manifest,
    weightsOf,
    jobOf: (job) => ({
      ...job,
      weights: weightsOf(job),
      ...(job.correction && { correction: joined(job.correction, new Float32Array(frozenElements)) }),
    }),
    trained(result) {
      const trained = new Float32Array(trainedElements)
      let at = 0
      for (const { isFrozen, start, end } of ordered) {
        if (!isFrozen) trained.set(result.weights.subarray(at, at + end - start), start)
        at += end - start
      }
      return { ...result, weights: trained }
    },
  }
}

const mismatch = (problem: string) =>
  new TributaryError({
    code: 'model-mismatch',
    problem: `the task’s trained and frozen tensors are not those of its topology: ${problem}`,
    remedy: 'Make both parts with freezeLayers of @tributary/client-sdk/describe',
  })
