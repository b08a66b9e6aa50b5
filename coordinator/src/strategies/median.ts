import { heap } from './heap.ts'

/**
 * The median of each coordinate (Yin, Chen, Kannan and Bartlett 2018, Option I): the middle value, or the mean of the middle two.
 * Stands fewer than half of the clients.
 */
export const median = ({ serverLearningRate }: { serverLearningRate: number }) =>
  heap({
    serverLearningRate,
    least: 1,
    rule({ kernels, rows }) {
      const delta = new Float32Array(rows[0]?.length ?? 0)
      kernels.coordinateMedian(rows, delta)
      return { delta }
    },
  })
