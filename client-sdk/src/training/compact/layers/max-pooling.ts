import { type Layer, type LayerNeeds, type Place, placeFor, sizeOf } from '../layer.ts'
import { type Padding, type Pair, windowsOver } from '../layer-specs.ts'
import { bordered } from './bordered.ts'

export const maxPoolingLayer = (
  needs: LayerNeeds,
  input: Place,
  spec: { window: Pair; strides: Pair; padding: Padding },
): Layer => {
  const { kernels, space } = needs
  const [height = 1, width = 1, channels = 1] = input.shape
  const out = windowsOver([height, width], spec.window, spec)
  const { top, left } = bordered([height, width], out, spec.window, spec.strides, spec.padding)
  const output = placeFor(needs, [...out, channels], needs.wanted)
  const pool = space.words([height, width, channels, ...out, ...spec.window, ...spec.strides, top, left])
  return {
    output,
    forward: (images) => kernels.maxPool(pool, images, input.values, output.values),
    backward(images) {
      if (!input.gradient) return
      kernels.clear(input.gradient, images * sizeOf(input.shape) * 4)
      kernels.maxPoolGradient(pool, images, input.values, output.values, output.gradient, input.gradient)
    },
  }
}
