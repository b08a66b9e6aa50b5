import type { Random } from '../../runtime/index.ts'
import { type CentralSumSettings, createCentralSum } from './central-sum.ts'

/**
 * Local differential privacy: one client's clipped delta under noise of its own, before anybody sees it. The claim is one of
 * `replace`, since the coordinator knows that the client took part: its rounds count with half of z. Averages of n
 * clients are as noisy as if z had been √n times smaller on the sum, so this suits tens of thousands of clients or small models.
 */
export const noisedLocally = (
  delta: Float32Array,
  settings: Omit<CentralSumSettings, 'length'> & { random: Random },
) => {
  const { random, ...central } = settings
  const sum = createCentralSum({ ...central, length: delta.length })
  sum.add(delta)
  return sum.finish(random)
}
