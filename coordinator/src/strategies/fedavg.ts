import { stepped } from './combined.ts'
import { overMean } from './over-mean.ts'

/**
 * Federated averaging (McMahan, Moore, Ramage, Hampson and Agüera y Arcas 2017, Algorithm 1), on deltas:
 *
 *   w' = w + η · Σ nₖ Δₖ / Σ nₖ
 *
 * With η = `serverLearningRate` = 1 this is the average of the clients' weights by their examples nₖ.
 */
export const fedavg = ({ serverLearningRate }: { serverLearningRate: number }) =>
  overMean((round) => ({ weights: stepped(round, round.mean, serverLearningRate) }))
