/** What a linear model is, wherever a task has it from. */
import type { Loss } from '@tributary/protocols/task'
import { TributaryError } from '../../tributary-error.ts'
import type { Penalty } from '../compact/layer-specs.ts'
import type { OutputActivation } from '../topology.ts'

/** logits = x × kernel + bias, x being an example's inputs, standardized where the task says so. */
export type LinearSpec = {
  inputs: number
  outputs: number
  /** Whether a bias stands behind the kernel. */
  bias: boolean
  kernelPenalty: Penalty
  biasPenalty: Penalty
  standardize: Standardization | undefined
  loss: Loss
  /** What turns the logits into what the model predicts. */
  activation: OutputActivation
}

/** Of each input: x is taken as (x − mean) / scale. */
export type Standardization = { means: readonly number[]; scales: readonly number[] }

export const NO_PENALTY: Penalty = { l1: 0, l2: 0 }

export const unsupported = (problem: string, cause?: unknown): TributaryError =>
  new TributaryError(
    {
      code: 'unsupported-model',
      problem: `this model cannot be trained by the linear trainer: ${problem}`,
      remedy:
        'Describe it with describeLinearModel, or train it with createTfjsTrainer or createCompactTrainer',
    },
    cause === undefined ? undefined : { cause },
  )
