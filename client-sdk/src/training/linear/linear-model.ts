/** Linear models as task files have them: a custom model of the trainer `linear`, a kernel and a bias. */
import type { ModelSpec } from '@tributary/protocols/task'
import * as z from 'zod/mini'
import { checkWeights } from '../check-weights.ts'
import { type LinearSpec, NO_PENALTY, type Standardization, unsupported } from './linear-spec.ts'

export const TRAINER = 'linear'

const values = z.array(z.number()).check(z.minLength(1))
/** The `config` of such a model; null is one without settings. */
const LinearConfig = z.strictObject({
  /** Adds l2 · Σw² over the kernel to the loss. */
  l2: z.optional(z.number().check(z.nonnegative())),
  standardize: z.optional(
    z.strictObject({ means: values, scales: z.array(z.number().check(z.positive())).check(z.minLength(1)) }),
  ),
})

export type LinearModelOptions = {
  /** Numbers an example, and numbers that the model gives for it: one a class for softmax, else one a quantity. */
  inputs: number
  outputs: number
  /** Left out, there is one. */
  bias?: boolean
  /** λ of λ · Σw² over the kernel, beside the mean loss. The `C` of scikit-learn, with n examples, is 1 / (2 λ n). */
  l2?: number
  /**
   * Means and scales of the inputs, of the task and the same for all clients: what is known of the quantities, or of public data.
   * Never of one client's data, which would travel with the task.
   */
  standardize?: Standardization
  /** Where version 1 comes from; left out, it is all zeros, from which a linear model learns as well as from anywhere. */
  initial?: ModelSpec['initial']
}

/**
 * The task file's `model` of a linear model, which the plan's loss makes a linear regression (`mean-squared-error`), a logistic one
 * (`sigmoid-cross-entropy`) or a multinomial one (`softmax-cross-entropy`).
 * @throws TributaryError `unsupported-model` for options that do not fit each other.
 */
export const describeLinearModel = ({
  inputs,
  outputs,
  bias = true,
  l2,
  standardize,
  initial = { kind: 'seeded', seed: 0 },
}: LinearModelOptions): ModelSpec => {
  for (const [name, size] of Object.entries({ inputs, outputs }))
    if (!Number.isInteger(size) || size < 1)
      throw unsupported(`${name} is ${size}, and no whole number above 0`)
  const tensor = (role: string, shape: number[]) => ({
    name: `linear/${role}`,
    shape,
    dtype: 'F32' as const,
    initializer: 'zeros' as const,
  })
  const config = {
    ...(l2 !== undefined && { l2 }),
    ...(standardize && {
      standardize: { means: [...standardize.means], scales: [...standardize.scales] },
    }),
  }
  readConfig(config, inputs)
  return {
    format: 'custom',
    trainer: TRAINER,
    config: Object.keys(config).length === 0 ? null : config,
    tensors: [tensor('kernel', [inputs, outputs]), ...(bias ? [tensor('bias', [outputs])] : [])],
    initial,
  }
}

/** What the trainer needs of it. @throws TributaryError `unsupported-model`, `model-mismatch`. */
export const readLinearModel = ({
  trainer,
  config,
  tensors,
}: Extract<ModelSpec, { format: 'custom' }>): Omit<LinearSpec, 'loss' | 'activation'> => {
  if (trainer !== TRAINER) throw unsupported(`its trainer is ${trainer}, not ${TRAINER}`)
  const [inputs, outputs, ...deeper] = tensors[0]?.shape ?? []
  if (inputs === undefined || outputs === undefined || deeper.length > 0)
    throw unsupported(`its first tensor, the kernel, is not [inputs, outputs] but [${tensors[0]?.shape}]`)
  const bias = tensors.length > 1
  checkWeights(
    tensors,
    [
      { name: 'linear/kernel', shape: [inputs, outputs] },
      { name: 'linear/bias', shape: [outputs] },
    ].slice(0, bias ? 2 : 1),
  )
  const { l2 = 0, standardize } = readConfig(config ?? {}, inputs)
  return { inputs, outputs, bias, kernelPenalty: { l1: 0, l2 }, biasPenalty: NO_PENALTY, standardize }
}

const readConfig = (config: unknown, inputs: number): z.infer<typeof LinearConfig> => {
  const read = LinearConfig.safeParse(config)
  if (!read.success) {
    const [issue] = read.error.issues
    throw unsupported(`its config.${issue?.path.join('.')} is not one of a linear model: ${issue?.code}`)
  }
  for (const [name, { length }] of Object.entries(read.data.standardize ?? {}))
    if (length !== inputs)
      throw unsupported(`its config.standardize.${name} has ${length} values for ${inputs} inputs`)
  return read.data
}
