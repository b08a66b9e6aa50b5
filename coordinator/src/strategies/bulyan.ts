import { heap } from './heap.ts'
import { krumOrder, squaredDistances } from './krum-order.ts'

/**
 * Bulyan (El Mhamdi, Guerraoui and Rouault 2018) over Krum. θ = n − 2f updates are picked by Krum, one after the other and each time among those that are
 * left; then each coordinate is the mean of the β = θ − 2f picked values that are closest to their median. So no coordinate can be
 * far out, which Krum's distance over all of them lets through. Stands f = `byzantine` of n ≥ 4f + 3.
 */
export const bulyan = ({
  serverLearningRate,
  byzantine,
}: {
  serverLearningRate: number
  byzantine: number
}) =>
  heap({
    serverLearningRate,
    least: 4 * byzantine + 3,
    rule({ kernels, rows }) {
      const distances = squaredDistances(kernels, rows)
      let among = [...rows.keys()]
      const picked: Float32Array[] = []
      while (picked.length < rows.length - 2 * byzantine) {
        const [best = 0] = krumOrder(distances, { among, byzantine })
        const row = rows[best]
        if (row) picked.push(row)
        among = among.filter((i) => i !== best)
      }
      return { delta: meanAroundMedian(picked, picked.length - 2 * byzantine) }
    },
  })

/** For each coordinate the mean of the `count` values closest to the median: neighbours in ascending order, of two runs as close the lower. */
const meanAroundMedian = (rows: readonly Float32Array[], count: number): Float32Array => {
  const column = new Float64Array(rows.length)
  return new Float32Array(rows[0]?.length ?? 0).map((_, coordinate) => {
    for (let i = 0; i < rows.length; i++) insert(column, i, rows[i]?.[coordinate] ?? 0)
    const middle = ((column[(rows.length - 1) >> 1] ?? 0) + (column[rows.length >> 1] ?? 0)) / 2
    let first = 0
    // The run moves up as long as the value beyond it is closer to the median than its own lowest.
    while (
      first + count < column.length &&
      (column[first + count] ?? 0) - middle < middle - (column[first] ?? 0)
    )
      first++
    let sum = 0
    for (let i = first; i < first + count; i++) sum += column[i] ?? 0
    return sum / count
  })
}

/** Puts a value in its place among the `length` first, which are in order. Of tens of values that beats a call of `sort` for each weight. */
const insert = (sorted: Float64Array, length: number, value: number): void => {
  let place = length
  while (place > 0 && (sorted[place - 1] ?? 0) > value) {
    sorted[place] = sorted[place - 1] ?? 0
    place--
  }
  sorted[place] = value
}
