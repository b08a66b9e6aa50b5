import * as z from 'zod/mini'
import { StalenessSpec } from './strategy.ts'

/** Whether rounds follow one another, or run into each other. */
export const Mode = z.discriminatedUnion('kind', [
  /** A cohort is drawn, trains from one version, and its updates make the next. */
  z.strictObject({ kind: z.literal('synchronous') }),
  /**
   * FedBuff (Nguyen et al. 2022): clients are invited as they become free, each trains from what is then the newest version, and every `cohort.target`
   * updates make the next version, whichever versions they were trained from.
   */
  z.strictObject({
    kind: z.literal('buffered'),
    /** Clients that train at any time, if so many are to be had. */
    concurrency: z.int().check(z.minimum(1), z.maximum(1_000_000)),
    /** What an update counts for that other updates have overtaken, and from when on it is refused. */
    staleness: z._default(StalenessSpec, { kind: 'polynomial', exponent: 0.5, most: 20 }),
  }),
])
export type Mode = z.infer<typeof Mode>
export type BufferedMode = Extract<Mode, { kind: 'buffered' }>
