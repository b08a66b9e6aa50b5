import { heap } from './heap.ts'
import { krumOrder, squaredDistances } from './krum-order.ts'
import { meanOfRows } from './mean-of-rows.ts'

/**
 * Multi-Krum (Blanchard, El Mhamdi, Guerraoui and Stainer 2017): the mean of the m updates with the best Krum scores. m = `keep`, or n − f − 2
 * where it is left out: the largest m that the paper proves, where much code takes n − f. Stands f = `byzantine` of n ≥ 2f + 3.
 */
export const multiKrum = ({
  serverLearningRate,
  byzantine,
  keep,
}: {
  serverLearningRate: number
  byzantine: number
  keep?: number | undefined
}) =>
  heap({
    serverLearningRate,
    least: Math.max(2 * byzantine + 3, (keep ?? 1) + byzantine + 2),
    rule({ kernels, rows }) {
      const order = krumOrder(squaredDistances(kernels, rows), { among: [...rows.keys()], byzantine })
      const kept = order.slice(0, keep ?? rows.length - byzantine - 2).sort((a, b) => a - b)
      return {
        delta: meanOfRows(
          kernels,
          rows.filter((_, i) => kept.includes(i)),
        ),
      }
    },
  })
