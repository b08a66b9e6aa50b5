import { lazily } from './lazily.ts'

/**
 * What tasks need whose strategy asks for more than a delta, ahead of the first of them: for apps that may be without a network by
 * then, and for virtual clocks, on which loading takes no time. Most apps never need it.
 */
export const loadStrategyWork = lazily(() => import('./strategy-round.ts'))
