import type { ClientId } from '@tributary/protocols'
import { type Random, sample } from '@tributary/protocols/runtime'

/**
 * A uniform sample without replacement of the clients that wait. They are sorted first, so that the choice depends on
 * who is there and on chance, not on who came first.
 */
export const drawCohort = (waiting: readonly ClientId[], count: number, random: Random): ClientId[] =>
  sample(random, waiting.toSorted(), count).sort()
