import * as z from 'zod/mini'
import { ClientId } from '../ids.ts'
import { Refining } from './refining.ts'

/** Step along what the updates come to. */
const serverLearningRate = z.number().check(z.positive(), z.maximum(100))
/** For rules whose result is a delta to take as it is: 1 is the whole of it. */
const wholeStep = { serverLearningRate: z._default(serverLearningRate, 1) }
/** f: the most clients of one cohort that may send anything at all. */
const byzantine = z.int().check(z.minimum(1), z.maximum(100_000))
const decay = z.number().check(z.minimum(0), z.lt(1))
/** N: clients that the task is for, of which each round has some. */
const population = z.int().check(z.minimum(1), z.maximum(1_000_000_000))

/**
 * Of the adaptive server optimizers. A weight moves by about η a round, so 1 is seldom right: Reddi et al. 2021 look between 10⁻³ and 10.
 * `tau` is τ: the smaller, the more adaptive.
 */
const adaptive = {
  serverLearningRate: z._default(serverLearningRate, 0.1),
  tau: z._default(z.number().check(z.minimum(1e-9), z.maximum(1)), 1e-3),
}
const moments = { beta1: z._default(decay, 0.9), beta2: z._default(decay, 0.99) }

/** How updates become the next weights; formulas and papers are in `coordinator/src/strategies/`, one file each. */
export const StrategySpec = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('fedavg'),
    /** Step along the averaged delta; 1 is McMahan et al. 2017. */
    serverLearningRate: z._default(serverLearningRate, 1),
  }),
  z.strictObject({ name: z.literal('fedavgm'), ...wholeStep, momentum: z._default(decay, 0.9) }),
  /** β₁ = 0 is Adagrad without momentum. */
  z.strictObject({ name: z.literal('fedadagrad'), ...adaptive, beta1: z._default(decay, 0) }),
  z.strictObject({ name: z.literal('fedadam'), ...adaptive, ...moments }),
  z.strictObject({ name: z.literal('fedyogi'), ...adaptive, ...moments }),

  z.strictObject({ name: z.literal('median'), ...wholeStep }),
  z.strictObject({ name: z.literal('trimmed-mean'), ...wholeStep, byzantine }),
  z.strictObject({ name: z.literal('krum'), ...wholeStep, byzantine }),
  z.strictObject({
    name: z.literal('multi-krum'),
    ...wholeStep,
    byzantine,
    /** m: updates that are averaged; left out, n − f − 2 of n. */
    keep: z.optional(z.int().check(z.minimum(1), z.maximum(1_000_000))),
  }),
  z.strictObject({ name: z.literal('bulyan'), ...wholeStep, byzantine }),
  z.strictObject({
    name: z.literal('geometric-median'),
    ...wholeStep,
    iterations: z._default(z.int().check(z.minimum(1), z.maximum(100)), 3),
    /** ν: distances below it count as it. */
    nu: z._default(z.number().check(z.minimum(1e-12), z.maximum(1)), 1e-6),
  }),
  z.strictObject({ name: z.literal('rfa'), ...Refining.shape }),
  z.strictObject({
    name: z.literal('norm-bounding'),
    ...wholeStep,
    /** Bounds of the first round; later ones follow the norms that clients send. */
    initialClipNorm: z._default(z.number().check(z.minimum(1e-12), z.maximum(1e9)), 1),
    clipQuantile: z._default(z.number().check(z.gt(0), z.lt(1)), 0.8),
    initialZeroNorm: z._default(z.number().check(z.minimum(1e-12), z.maximum(1e9)), 10),
    zeroQuantile: z._default(z.number().check(z.gt(0), z.lt(1)), 0.98),
  }),
  z.strictObject({
    name: z.literal('centered-clipping'),
    ...wholeStep,
    /** About the distance of an honest delta from the mean of honest ones. */
    radius: z.number().check(z.positive(), z.maximum(1e9)),
    iterations: z._default(z.int().check(z.minimum(1), z.maximum(100)), 1),
  }),
  z.strictObject({
    name: z.literal('fltrust'),
    ...wholeStep,
    /** The client of the operator that trains on clean data; it has to be in every round. */
    root: ClientId,
  }),

  z.strictObject({ name: z.literal('fednova'), ...wholeStep }),
  z.strictObject({
    name: z.literal('q-fedavg'),
    /** 0 is the mean; the larger, the more evenly accuracy is spread over clients. */
    q: z._default(z.number().check(z.minimum(0), z.maximum(10)), 1),
    /** L: the reciprocal of the clients' learning rate. */
    lipschitz: z.number().check(z.minimum(1e-6), z.maximum(1e9)),
  }),
  z.strictObject({
    name: z.literal('scaffold'),
    ...wholeStep,
    population,
    /** With secure aggregation: values of a control variate's change are held to ± this. It is of the size of gradients. */
    controlRange: z._default(z.number().check(z.positive(), z.maximum(1e6)), 1),
  }),
  z.strictObject({
    name: z.literal('feddyn'),
    alpha: z._default(z.number().check(z.minimum(1e-6), z.maximum(1e3)), 0.01),
    population,
  }),
])
export type StrategySpec = z.infer<typeof StrategySpec>

/** How what clients trained is summed again, of the one strategy that does. */
export const refiningOf = (strategy: StrategySpec): Refining | undefined =>
  strategy.name === 'rfa' ? { steps: strategy.steps, nu: strategy.nu } : undefined

/** Updates staler than this many versions are refused. */
const most = z._default(z.int().check(z.minimum(0), z.maximum(1_000)), 20)

/** What an update counts for in buffered rounds whose base has been overtaken, by how many versions it is behind. */
export const StalenessSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), most }),
  /** (1 + τ)^−exponent. */
  z.strictObject({
    kind: z.literal('polynomial'),
    exponent: z._default(z.number().check(z.minimum(0), z.maximum(10)), 0.5),
    most,
  }),
  /** 1 up to `until`, then 1 / (slope (τ − until) + 1). */
  z.strictObject({
    kind: z.literal('hinge'),
    slope: z._default(z.number().check(z.positive(), z.maximum(1_000)), 10),
    until: z._default(z.int().check(z.minimum(0), z.maximum(1_000)), 4),
    most,
  }),
])
export type StalenessSpec = z.infer<typeof StalenessSpec>
