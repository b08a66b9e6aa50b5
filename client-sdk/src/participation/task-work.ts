/** What a task asks of its clients beyond training and sealing. */
import './lazily.ts'

export { compressedDelta } from './compressed-delta.ts'
export { loadCarried } from './load-carried.ts'
export { loadFrozen } from './load-frozen.ts'
export { beginStrategyRound } from './strategy-round.ts'
