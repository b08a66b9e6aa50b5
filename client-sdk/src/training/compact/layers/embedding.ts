import { TributaryError } from '../../../tributary-error.ts'
import { type Layer, type LayerNeeds, type Place, placeFor, sizeOf, type Weight } from '../layer.ts'

/** Rows of a table, one for each input value; a gradient is scattered to the rows that were used. */
export const embeddingLayer = (
  needs: LayerNeeds,
  input: Place,
  { entries, width }: { entries: number; width: number },
  table: Weight,
): Layer => {
  const { kernels, space, capacity } = needs
  const output = placeFor(needs, [...input.shape, width], table.gradient !== 0)
  const size = sizeOf(input.shape)
  const ids = space.block(capacity * size)
  return {
    output,
    forward(examples) {
      const count = examples * size
      const wrong = kernels.toIds(input.values, count, entries, ids)
      if (wrong > 0)
        throw new TributaryError({
          code: 'bad-examples',
          problem: `an input value is no row of an embedding of ${entries}`,
          remedy: `Give whole numbers from 0 to ${entries - 1}`,
        })
      kernels.gatherRows(table.values, width * 4, ids, count, output.values)
    },
    backward(examples, rate) {
      if (!table.gradient) return
      const [to, factor] = rate === undefined ? [table.gradient, 1] : [table.values, -rate]
      if (rate === undefined) kernels.clear(table.gradient, table.length * 4)
      kernels.scatterRows(to, width * 4, ids, examples * size, output.gradient, factor)
    },
  }
}
