import * as z from 'zod'
import { ClientId } from '../ids.ts'
import { Refining } from './refining.ts'

/** Step along what the updates come to. */
const serverLearningRate = z.number().positive().max(100)
/** For rules whose result is a delta to take as it is: 1 is the whole of it. */
const wholeStep = { serverLearningRate: serverLearningRate.default(1) }
/** f: the most clients of one cohort that may send anything at all. */
const byzantine = z.int().min(1).max(100_000)
const decay = z.number().min(0).lt(1)
/** N: clients that the task is for, of which each round has some. */
const population = z.int().min(1).max(1_000_000_000)

/**
 * Of the adaptive server optimizers. A weight moves by about η a round, so 1 is seldom right: Reddi et al. 2021 look between 10⁻³ and 10.
 * `tau` is τ: the smaller, the more adaptive.
 */
const adaptive = {
  serverLearningRate: serverLearningRate.default(0.1),
  tau: z.number().min(1e-9).max(1).default(1e-3),
}
const moments = { beta1: decay.default(0.9), beta2: decay.default(0.99) }

/** How updates become the next weights; formulas and papers are in `coordinator/src/strategies/`, one file each. */
export const StrategySpec = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('fedavg'),
    /** Step along the averaged delta; 1 is McMahan et al. 2017. */
    serverLearningRate: serverLearningRate.default(1),
  }),
  z.strictObject({ name: z.literal('fedavgm'), ...wholeStep, momentum: decay.default(0.9) }),
  /** β₁ = 0 is Adagrad without momentum. */
  z.strictObject({ name: z.literal('fedadagrad'), ...adaptive, beta1: decay.default(0) }),
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
    keep: z.int().min(1).max(1_000_000).optional(),
  }),
  z.strictObject({ name: z.literal('bulyan'), ...wholeStep, byzantine }),
  z.strictObject({
    name: z.literal('geometric-median'),
    ...wholeStep,
    iterations: z.int().min(1).max(100).default(3),
    /** ν: distances below it count as it. */
    nu: z.number().min(1e-12).max(1).default(1e-6),
  }),
  z.strictObject({ name: z.literal('rfa'), ...Refining.shape }),
  z.strictObject({
    name: z.literal('norm-bounding'),
    ...wholeStep,
    /** Bounds of the first round; later ones follow the norms that clients send. */
    initialClipNorm: z.number().min(1e-12).max(1e9).default(1),
    clipQuantile: z.number().gt(0).lt(1).default(0.8),
    initialZeroNorm: z.number().min(1e-12).max(1e9).default(10),
    zeroQuantile: z.number().gt(0).lt(1).default(0.98),
  }),
  z.strictObject({
    name: z.literal('centered-clipping'),
    ...wholeStep,
    /** About the distance of an honest delta from the mean of honest ones. */
    radius: z.number().positive().max(1e9),
    iterations: z.int().min(1).max(100).default(1),
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
    q: z.number().min(0).max(10).default(1),
    /** L: the reciprocal of the clients' learning rate. */
    lipschitz: z.number().min(1e-6).max(1e9),
  }),
  z.strictObject({
    name: z.literal('scaffold'),
    ...wholeStep,
    population,
    /** With secure aggregation: values of a control variate's change are held to ± this. It is of the size of gradients. */
    controlRange: z.number().positive().max(1e6).default(1),
  }),
  z.strictObject({
    name: z.literal('feddyn'),
    alpha: z.number().min(1e-6).max(1e3).default(0.01),
    population,
  }),
])
export type StrategySpec = z.infer<typeof StrategySpec>

/** How what clients trained is summed again, of the one strategy that does. */
export const refiningOf = (strategy: StrategySpec): Refining | undefined =>
  strategy.name === 'rfa' ? { steps: strategy.steps, nu: strategy.nu } : undefined

/** Updates staler than this many versions are refused. */
const most = z.int().min(0).max(1_000).default(20)

/** What an update counts for in buffered rounds whose base has been overtaken, by how many versions it is behind. */
export const StalenessSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), most }),
  /** (1 + τ)^−exponent. */
  z.strictObject({ kind: z.literal('polynomial'), exponent: z.number().min(0).max(10).default(0.5), most }),
  /** 1 up to `until`, then 1 / (slope (τ − until) + 1). */
  z.strictObject({
    kind: z.literal('hinge'),
    slope: z.number().positive().max(1_000).default(10),
    until: z.int().min(0).max(1_000).default(4),
    most,
  }),
])
export type StalenessSpec = z.infer<typeof StalenessSpec>
