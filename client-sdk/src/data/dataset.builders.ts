/** Sources for the tests of data: what they gave, and whether they were closed. */
import type { Examples } from '../training/examples.ts'
import type { Batch, Dataset } from './dataset.ts'

/** Examples in batches of so many; `passes` grows by an entry an iteration, which says how many batches it gave and how it ended. */
export const inBatches = (
  { inputs, targets }: Examples,
  { width, rows }: { width: number; rows: number },
): Dataset & { passes: { batches: number; ended: 'open' | 'read' | 'closed' }[] } => {
  const passes: { batches: number; ended: 'open' | 'read' | 'closed' }[] = []
  const count = inputs.length / width
  const each = targets.length / count
  return {
    shape: [width],
    passes,
    async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void> {
      const pass: (typeof passes)[number] = { batches: 0, ended: 'open' }
      passes.push(pass)
      try {
        for (let from = 0; from < count; from += rows) {
          pass.batches++
          const to = Math.min(count, from + rows)
          yield {
            inputs: inputs.slice(from * width, to * width),
            targets: targets.slice(from * each, to * each),
            rows: to - from,
          }
        }
        pass.ended = 'read'
      } finally {
        if (pass.ended === 'open') pass.ended = 'closed'
      }
    },
  }
}

/** All rows of a dataset: inputs, then targets, then the key where there is one. */
export const rowsOf = async (dataset: Dataset): Promise<(number | string)[][]> => {
  const rows: (number | string)[][] = []
  for await (const { inputs, targets, rows: count, keys } of dataset)
    for (let row = 0; row < count; row++)
      rows.push([
        ...partOf(inputs, row, count),
        ...partOf(targets, row, count),
        ...(keys ? [keys[row] ?? ''] : []),
      ])
  return rows
}

const partOf = (values: ArrayLike<number>, row: number, rows: number): number[] => {
  const width = values.length / rows
  return Array.from({ length: width }, (_, i) => values[row * width + i] ?? Number.NaN)
}
