import { type Layer, type LayerNeeds, type Place, placeFor, type Weight } from '../layer.ts'
import { type Activation, type Padding, type Pair, windowsOver } from '../layer-specs.ts'
import { fused } from './activations.ts'
import { bordered } from './bordered.ts'

/** y = activation(x ∗ kernel + bias), images as [height, width, channels]. */
export const conv2dLayer = (
  needs: LayerNeeds,
  input: Place,
  spec: { filters: number; kernel: Pair; strides: Pair; padding: Padding; activation: Activation },
  { kernel, bias }: { kernel: Weight; bias: Weight | undefined },
): Layer => {
  const { kernels, zeros, space, capacity } = needs
  const { scratch } = space
  const { filters, activation } = spec
  const [height = 1, width = 1, channels = 1] = input.shape
  const out = windowsOver([height, width], spec.kernel, spec)
  const border = bordered([height, width], out, spec.kernel, spec.strides, spec.padding)
  const whole = border.height === height && border.width === width
  const places = out[0] * out[1]
  const output = placeFor(needs, [...out, filters], needs.wanted || kernel.gradient !== 0)
  const { floor, apply, derive } = fused(kernels, activation)

  const rowBytes = border.width * channels * 4
  const imageBytes = border.height * rowBytes
  const x = whole ? input.values : space.block((capacity * imageBytes) / 4)
  const dx = whole ? input.gradient : input.gradient && space.block((capacity * imageBytes) / 4)
  const windowRow = spec.kernel[1] * channels
  const geometry = space.words([
    imageBytes,
    rowBytes,
    spec.strides[0] * rowBytes,
    spec.strides[1] * channels * 4,
    ...out,
    spec.kernel[0],
    windowRow,
    filters,
  ])
  scratch.reserve(128 + spec.kernel[0] * windowRow * (5 + 8 * Math.ceil(filters / 8)))
  const filterValues = spec.kernel[0] * 4 * Math.ceil(windowRow / 4)
  scratch.reserve(128 + 2 * filters * filterValues + (places + 1) * (4 * filters + 2))

  const within = border.top * rowBytes + border.left * channels * 4
  const [plainRow, plainImage] = [width * channels * 4, height * width * channels * 4]
  return {
    output,
    forward(images) {
      if (!whole)
        kernels.copyRows(
          input.values,
          plainRow,
          plainImage,
          x + within,
          rowBytes,
          imageBytes,
          plainRow,
          height,
          images,
        )
      kernels.convolve(
        geometry,
        images,
        x,
        kernel.values,
        bias?.values ?? zeros,
        floor,
        output.values,
        scratch.address,
      )
      apply(output.values, images * places, filters)
    },
    backward(images, rate) {
      derive(output.gradient, output.values, images * places, filters)
      if (kernel.gradient || dx) {
        if (dx) kernels.clear(dx, images * imageBytes)
        kernels.convolutionGradient(
          geometry,
          images,
          x,
          output.gradient,
          kernel.values,
          kernel.gradient,
          dx,
          scratch.address,
        )
        if (dx && !whole)
          kernels.copyRows(
            dx + within,
            rowBytes,
            imageBytes,
            input.gradient,
            plainRow,
            plainImage,
            plainRow,
            height,
            images,
          )
      }
      if (kernel.gradient && rate !== undefined)
        kernels.descend(kernel.values, kernel.gradient, kernel.length, rate)
      if (!bias?.gradient) return
      const rows = images * places
      if (rate === undefined) kernels.sumRows(output.gradient, rows, filters, zeros, 1, bias.gradient)
      else kernels.sumRows(output.gradient, rows, filters, bias.values, -rate, bias.values)
    },
  }
}
