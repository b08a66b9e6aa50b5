/** Whether a task's tensors are the weights of the model that its topology builds. */
import type { TensorManifest } from '@tributary/protocols/tensors'
import { TributaryError } from '../tributary-error.ts'

/** A weight as the topology has it; null stands for a size that is not fixed. */
export type ModelWeight = { name: string; shape: readonly (number | null)[] }

/** @throws TributaryError `model-mismatch` that names the first difference. */
export const checkWeights = (manifest: TensorManifest, weights: readonly ModelWeight[]): void => {
  const names = new Set(weights.map(({ name }) => name))
  for (const [i, tensor] of manifest.entries()) {
    const weight = weights[i]
    if (!weight)
      throw mismatch(`tensor ${tensor.name} is number ${i + 1}, and the model has ${weights.length}`)
    if (String(weight.shape) !== String(tensor.shape))
      throw mismatch(
        `tensor ${i + 1}, ${tensor.name}, is [${tensor.shape}] where the model’s ${weight.name} is [${weight.shape}]`,
      )
    if (tensor.dtype !== 'F32')
      throw mismatch(`tensor ${tensor.name} is ${tensor.dtype}, and weights are F32`)
    // Names of one's own are welcome; the model's own names in another order are a mistake.
    if (weight.name !== tensor.name && names.has(tensor.name))
      throw mismatch(`tensor ${i + 1} is ${tensor.name} where the model has ${weight.name}`)
  }
  const missing = weights[manifest.length]
  if (missing)
    throw mismatch(`the task has no tensor for the model’s ${missing.name}, number ${manifest.length + 1}`)
}

const mismatch = (problem: string) =>
  new TributaryError({
    code: 'model-mismatch',
    problem: `the task’s tensors are not those of its topology: ${problem}`,
    remedy: 'Describe the model with describeTfjsModel, which writes both',
  })
