/** How large a model may be that a topology builds: tfjs makes every weight while it builds, before anybody can compare them with the task's tensors. */

import { elementCount } from '@tributary/protocols/tensors'
import type { TfLayers } from './backends/backend.ts'

/**
 * Builds, and ends it at the first weight with which the model has more than `most` elements.
 * @param build Does it at once, or at least all that makes weights.
 * @throws RangeError
 */
export const withBoundedWeights = <Built>(
  { layers: { Layer } }: TfLayers,
  most: number,
  build: () => Built,
): Built => {
  // Protected, and what every layer makes its weights by.
  const addWeight: () => unknown = Reflect.get(Layer.prototype, METHOD)
  let elements = 0
  function addBounded(this: unknown, name: string, shape: readonly number[], ...others: unknown[]): unknown {
    elements += elementCount(shape)
    if (!(elements <= most))
      throw new RangeError(`${name} is [${shape}], and with it are far more weights than the task’s tensors`)
    return Reflect.apply(addWeight, this, [name, shape, ...others])
  }
  Reflect.set(Layer.prototype, METHOD, addBounded)
  try {
    return build()
  } finally {
    Reflect.set(Layer.prototype, METHOD, addWeight)
  }
}

const METHOD = 'addWeight'
