import { type Layer, type LayerNeeds, type Place, placeFor, sizeOf } from '../layer.ts'

/** In training, each value is 0 with this probability, and otherwise as much larger as keeps the mean (Srivastava et al. 2014). */
export const dropoutLayer = (needs: LayerNeeds, input: Place, rate: number): Layer => {
  const { kernels, chance } = needs
  const output = placeFor(needs, input.shape, needs.wanted)
  const drops = rate > 0 && rate < 1
  const threshold = drops ? Math.round(rate * 2 ** 32) : 0
  const scale = drops ? 1 / (1 - rate) : 1
  const size = sizeOf(input.shape)
  // Layers of one model draw apart: no two outputs lie at one address.
  const own = Math.imul(output.values, 0x2545f491)
  return {
    output,
    forward: (examples, mode) =>
      mode === 'training'
        ? kernels.dropout(input.values, output.values, examples * size, chance.word ^ own, threshold, scale)
        : kernels.dropout(input.values, output.values, examples * size, 0, 0, 1),
    backward(examples) {
      if (input.gradient)
        kernels.dropout(output.gradient, input.gradient, examples * size, chance.word ^ own, threshold, scale)
    },
  }
}
