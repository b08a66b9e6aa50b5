/** What a strategy asks of clients beyond the plan: the little of it that they must know. */
import * as z from 'zod/mini'
import type { PrivacySpec } from './privacy.ts'
import type { StrategySpec } from './strategy.ts'

export const ClientStrategy = z.discriminatedUnion('name', [
  /** They say how many optimizer steps they have taken, as the metric `steps`. */
  z.strictObject({ name: z.literal('fednova') }),
  /** They say their mean loss under the weights that they were given, before they train, as the metric `initial-loss`. */
  z.strictObject({ name: z.literal('q-fedavg') }),
  /** They correct every gradient by control variates, and send the change of their own with the delta. */
  z.strictObject({
    name: z.literal('scaffold'),
    /** In secure rounds: values of the change are held to ± this. */
    controlRange: z.optional(z.number().check(z.positive(), z.maximum(1e6))),
  }),
  /** They train with a dynamic regularizer, and keep its linear part. */
  z.strictObject({ name: z.literal('feddyn'), alpha: z.number().check(z.minimum(1e-6), z.maximum(1e3)) }),
])
export type ClientStrategy = z.infer<typeof ClientStrategy>

/** What clients are told of a strategy; `undefined` where a delta and its examples are all that it needs. */
export const clientStrategyOf = ({
  strategy,
  privacy,
}: {
  strategy: StrategySpec
  privacy: PrivacySpec
}): ClientStrategy | undefined => {
  switch (strategy.name) {
    case 'fednova':
    case 'q-fedavg':
      return { name: strategy.name }
    case 'scaffold':
      return privacy.mode === 'secure-aggregation'
        ? { name: 'scaffold', controlRange: strategy.controlRange }
        : { name: 'scaffold' }
    case 'feddyn':
      return { name: 'feddyn', alpha: strategy.alpha }
    default:
      return undefined
  }
}

/** Strategies whose clients keep a vector of their own from round to round. */
export const CARRIED_BY_CLIENTS = ['scaffold', 'feddyn'] as const
export type CarriedByClients = (typeof CARRIED_BY_CLIENTS)[number]

/** The strategy's name, if its clients keep a vector of their own. */
export const carriedByClients = (strategy: { name: string } | undefined): CarriedByClients | undefined =>
  CARRIED_BY_CLIENTS.find((name) => name === strategy?.name)
