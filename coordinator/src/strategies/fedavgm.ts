import { carriedVector } from './carried.ts'
import { stepped } from './combined.ts'
import { overMean } from './over-mean.ts'

/**
 * FedAvgM (Hsu, Qi and Brown 2019): server momentum over the mean delta Δ,
 *
 *   m' = β m + Δ        w' = w + η m'
 *
 * with β = `momentum` and η = `serverLearningRate`. A constant Δ comes to move the model by η Δ / (1 − β) a round.
 */
export const fedavgm = ({ serverLearningRate, momentum }: { serverLearningRate: number; momentum: number }) =>
  overMean((round) => {
    const m = carriedVector(round, 'm')
    round.kernels.scale(m, momentum)
    round.kernels.axpy(m, round.mean, 1)
    return { weights: stepped(round, m, serverLearningRate), state: { vectors: { m }, numbers: {} } }
  })
