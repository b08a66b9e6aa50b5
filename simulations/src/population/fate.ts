import * as z from 'zod'
import type { Chance } from './chance.ts'
import { Quantity, quantityAt } from './quantity.ts'

const probability = z.number().min(0).max(1)

export const DropoutSpec = z.strictObject({
  /** That a client is gone for the rest of a round; Bonawitz et al. 2019 saw 0.06 to 0.1. */
  probability,
  /** When, by weight: before it trains, while it does, or after it has, before it submits. */
  steps: z
    .strictObject({
      beforeTraining: z.number().min(0).default(1),
      duringTraining: z.number().min(0).default(1),
      afterTraining: z.number().min(0).default(1),
    })
    .refine((steps) => Object.values(steps).some((weight) => weight > 0), {
      message: 'are all 0: give one step a weight, or dropout the probability 0',
    })
    .default({ beforeTraining: 1, duringTraining: 1, afterTraining: 1 }),
})

export const CrashSpec = z.strictObject({
  /** That the client's process dies while it trains and forgets what it did. */
  probability,
  /** Until it is back, from nothing but its identity. */
  downSeconds: Quantity.default(60),
})

export const StragglersSpec = z.strictObject({
  /** Of the clients of a round. */
  share: probability,
  /** `each-round`: others every round, as in FedProx. `same-clients`: always the same. */
  who: z.enum(['each-round', 'same-clients']).default('each-round'),
  /** Their training takes so many times as long. */
  slowdown: Quantity.default(1),
  /**
   * `whole`: all epochs, late. `partial`: on time with as many epochs as it came to, uniform from 1 to all (Li et al. 2020, "FedProx",
   * arXiv:1812.06127, section 5.2).
   */
  work: z.enum(['whole', 'partial']).default('partial'),
})

/** What befalls clients in rounds, in this order: crash, dropout, straggling. */
export type FateSpec = {
  dropout: z.infer<typeof DropoutSpec>
  crashes: z.infer<typeof CrashSpec>
  stragglers: z.infer<typeof StragglersSpec>
}

export type Fate =
  | { kind: 'trains' }
  /** `work`: uniform in [0, 1), for `epochsOf`; undefined where it does all. */
  | { kind: 'straggles'; slowdown: number; work: number | undefined }
  | { kind: 'drops'; step: 'before-training' | 'after-training' }
  /** `fraction` of its training that is done by then, in [0, 1). */
  | { kind: 'drops'; step: 'during-training'; fraction: number }
  | { kind: 'crashes'; fraction: number; downMs: number }

export const fateFrom = (
  { dropout, crashes, stragglers }: FateSpec,
  chance: Chance,
  { client, round }: { client: number; round: number },
): Fate => {
  const [u, fraction] = chance('fate', client, round)
  const [v, w] = chance('fate details', client, round)
  if (u < crashes.probability)
    return { kind: 'crashes', fraction, downMs: 1_000 * quantityAt(crashes.downSeconds, [v, w]) }
  if (u < crashes.probability + dropout.probability) return dropAt(dropout, v, fraction)
  const [work, lot] = chance('straggler work', client, round)
  const drawn = stragglers.who === 'each-round' ? lot : chance('same stragglers', client)[0]
  if (drawn >= stragglers.share) return { kind: 'trains' }
  return {
    kind: 'straggles',
    slowdown: quantityAt(stragglers.slowdown, [v, w]),
    work: stragglers.work === 'partial' ? work : undefined,
  }
}

/** Epochs that a client trains for of those its plan asks for: a straggler with partial work 1 to all, all equally likely. */
export const epochsOf = (fate: Fate, planned: number): number =>
  fate.kind === 'straggles' && fate.work !== undefined ? 1 + Math.floor(fate.work * planned) : planned

const dropAt = ({ steps }: FateSpec['dropout'], u: number, fraction: number): Fate => {
  const { beforeTraining, duringTraining, afterTraining } = steps
  const at = u * (beforeTraining + duringTraining + afterTraining)
  if (at < beforeTraining) return { kind: 'drops', step: 'before-training' }
  if (at < beforeTraining + duringTraining) return { kind: 'drops', step: 'during-training', fraction }
  return { kind: 'drops', step: 'after-training' }
}
