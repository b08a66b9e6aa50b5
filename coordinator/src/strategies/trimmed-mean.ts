import { heap } from './heap.ts'

/**
 * The mean of each coordinate without its f smallest and f largest values (Yin, Chen, Kannan and Bartlett 2018, Option II, with βn = f).
 * Stands f = `byzantine` clients of n ≥ 2f + 1.
 */
export const trimmedMean = ({
  serverLearningRate,
  byzantine,
}: {
  serverLearningRate: number
  byzantine: number
}) =>
  heap({
    serverLearningRate,
    least: 2 * byzantine + 1,
    rule({ kernels, rows }) {
      const delta = new Float32Array(rows[0]?.length ?? 0)
      kernels.trimmedMean(rows, byzantine, delta)
      return { delta }
    },
  })
