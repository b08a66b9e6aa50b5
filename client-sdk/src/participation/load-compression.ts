import { lazily } from './lazily.ts'

/**
 * What tasks need whose updates are sealed and compressed, ahead of the first of them: for apps that may be without a network by then, and
 * for virtual clocks, on which loading takes no time.
 */
export const loadCompression = lazily(() => import('./compressed-update.ts'))
