import { type Layer, type LayerNeeds, type Place, placeFor, sizeOf, type Weight } from '../layer.ts'

/**
 * y = gamma (x − mean) / √(variance + epsilon) + beta along the last axis (Ioffe and Szegedy 2015), as Keras has it: in training by the
 * batch's own mean and variance, which move the statistics; in inference, and always where it is not trained, by these.
 */
export const batchNormalizationLayer = (
  needs: LayerNeeds,
  input: Place,
  { momentum, epsilon, trainable }: { momentum: number; epsilon: number; trainable: boolean },
  own: { gamma: Weight; beta: Weight; movingMean: Weight; movingVariance: Weight },
): Layer => {
  const { kernels, zeros, space, capacity } = needs
  const { gamma, beta, movingMean, movingVariance } = own
  const columns = input.shape.at(-1) ?? 1
  const perExample = sizeOf(input.shape) / columns
  const output = placeFor(needs, input.shape, needs.wanted || gamma.gradient !== 0)
  const normed = space.block(capacity * sizeOf(input.shape))
  const column = () => space.block(columns)
  const [mean, variance, inverse, dGamma, dBeta] = [column(), column(), column(), column(), column()]

  return {
    output,
    forward(examples, mode) {
      const rows = examples * perExample
      const isTraining = mode === 'training' && trainable
      if (isTraining) {
        kernels.moments(input.values, rows, columns, mean, variance)
        // average += (1 − momentum) (value − average)
        for (const [average, value] of [
          [movingMean.values, mean],
          [movingVariance.values, variance],
        ] as const)
          kernels.pullTowards(average, value, average, columns, 1 - momentum)
      }
      kernels.inverseDeviations(isTraining ? variance : movingVariance.values, columns, epsilon, inverse)
      kernels.normalizeRows(
        input.values,
        rows,
        columns,
        isTraining ? mean : movingMean.values,
        inverse,
        gamma.values,
        beta.values,
        normed,
        output.values,
      )
    },
    backward(examples, rate) {
      const rows = examples * perExample
      // By fixed statistics ∂y/∂x is gamma · inverse alone: the batch's part of it stays zero.
      if (trainable) {
        kernels.sumRows(output.gradient, rows, columns, zeros, 1, dBeta)
        kernels.sumProducts(output.gradient, normed, rows, columns, dGamma)
      }
      if (input.gradient)
        kernels.normalizeGradient(
          output.gradient,
          normed,
          rows,
          columns,
          gamma.values,
          inverse,
          dBeta,
          dGamma,
          input.gradient,
        )
      for (const [weight, gradient] of [
        [gamma, dGamma],
        [beta, dBeta],
      ] as const) {
        if (!weight.gradient) continue
        if (rate === undefined) kernels.sumRows(gradient, 1, columns, zeros, 1, weight.gradient)
        else kernels.descend(weight.values, gradient, columns, rate)
      }
    },
  }
}
