/** What the files of a results folder hold: one description for the run that writes them and the report that reads them. */
import * as z from 'zod'
import { type PersonalRecord, PersonalSummary } from './personal-results.ts'

const name = z.string().min(1).max(1_000)
const count = z.int().min(0)
const share = z.number().min(0).max(1)
const amount = z.number().min(0)
const seed = z.int().min(0)
/** JSON has no NaN and no infinity; what is not finite is written as null. */
const loss = z.number().nullable()
const named = z.union([name, z.looseObject({ name })])

/**
 * `scenario.json`: the scenario with its defaults, whatever else it says, beside what it was run with. `startedAt` is an ISO
 * time; `target` is the accuracy that `roundsToTarget` counts to.
 */
export const ScenarioRecord = z.looseObject({
  name,
  dataset: named,
  strategy: named.optional(),
  task: z.looseObject({ strategy: named.optional() }).optional(),
  target: z.union([share, z.looseObject({ accuracy: share })]).optional(),
  population: z
    .looseObject({
      attackers: z
        .array(
          z.looseObject({
            attack: z.looseObject({ kind: name }),
            share: share.optional(),
            clients: z.array(count).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
  startedAt: z.iso.datetime({ offset: true }).optional(),
  versions: z.record(name, z.string().max(1_000)),
  seeds: z
    .array(seed)
    .min(1)
    .max(10_000)
    .refine((seeds) => new Set(seeds).size === seeds.length, 'names a seed twice'),
})
export type ScenarioRecord = z.infer<typeof ScenarioRecord>

const CompletedRound = z.looseObject({
  round: z.int().min(1),
  outcome: z.literal('completed'),
  version: count.optional(),
  cohort: count,
  received: count,
  declined: count.default(0),
  failed: count.default(0),
  examples: count.optional(),
  loss: loss.optional(),
  accuracy: share.optional(),
  /** Accuracy on each name of what the scenario watches. */
  groups: z.record(name, share).optional(),
  attackers: count.optional(),
  attackSuccess: share.optional(),
  metrics: z.record(z.string(), z.number().nullable()).optional(),
  bytesUp: amount.optional(),
  bytesDown: amount.optional(),
  virtualSeconds: amount,
  seconds: amount,
  participants: z.array(name).optional(),
})

const AbandonedRound = z.looseObject({
  round: z.int().min(1),
  outcome: z.literal('abandoned'),
  reason: name,
  detail: z.string().optional(),
  cohort: count,
  received: count,
  bytesUp: amount.optional(),
  bytesDown: amount.optional(),
  virtualSeconds: amount,
  seconds: amount,
})

/**
 * A line of `rounds.jsonl`. Bytes are of all clients of the round; loss and accuracy are of the new model on the held-out set. `attackers` is how
 * many of the received updates are theirs, `attackSuccess` the share of held-out rows with a backdoor's trigger that the model takes for its target.
 */
export const RoundResult = z.discriminatedUnion('outcome', [CompletedRound, AbandonedRound])
export type RoundResult = z.infer<typeof RoundResult>

/**
 * A line of `clients.jsonl`. `rounds` is how many it took part in, `asked` how many it was selected for, where that is known; `attack` is what a client does
 * that is not honest, `device` the class of its device.
 */
export const ClientResult = z.looseObject({
  client: name,
  examples: count,
  loss: loss.optional(),
  accuracy: share.optional(),
  rounds: count,
  asked: count.optional(),
  group: name.optional(),
  attack: name.optional(),
  device: name.optional(),
  memoryMB: amount.optional(),
})
export type ClientResult = z.infer<typeof ClientResult>

const GroupResult = z.looseObject({
  group: z.string().max(1_000),
  examples: count,
  accuracy: share.optional(),
  loss: loss.optional(),
  /** Of two classes, those that the model says are the second; of those that truly are; and of those that truly are the first. */
  selectionRate: share.optional(),
  truePositiveRate: share.optional(),
  falsePositiveRate: share.optional(),
})

/** `groups.json`: for each way of grouping the held-out rows (`label`, `sex`), its groups. */
export const GroupResults = z.record(name, z.array(GroupResult).max(10_000))
export type GroupResults = z.infer<typeof GroupResults>

/** `summary.json`. `roundsToTarget` is null where the target was not reached; seconds are of the wall clock. */
export const SeedSummary = z.looseObject({
  rounds: count,
  accuracy: share.nullish(),
  /** Of a regression: the root of the mean squared error, in the target's unit. */
  rootMeanSquaredError: amount.optional(),
  /** Of two classes: the area under the ROC curve. */
  areaUnderCurve: share.optional(),
  roundsToTarget: count.nullish(),
  modelDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no sha256:… digest'),
  /** By the rows that clients held out, where they did. */
  personal: PersonalSummary.optional(),
  clientsPerSecond: amount.nullish(),
  seconds: amount,
  peakMemoryMb: amount.nullish(),
  /** Whether it was run to its end, or told to stop before. */
  ended: z.enum(['done', 'stopped']).optional(),
  /** Absolute, as it was when it was written. */
  folder: z.string().optional(),
})
export type SeedSummary = z.infer<typeof SeedSummary>

const Baseline = z.looseObject({ accuracy: share.optional(), loss: loss.optional() })

/** `baselines.json`: the majority class, a back-off model of a text and a linear model as floors, central training as the ceiling. */
export const Baselines = z.looseObject({
  majority: Baseline.optional(),
  backOff: Baseline.optional(),
  linear: Baseline.optional(),
  central: Baseline.optional(),
})
export type Baselines = z.infer<typeof Baselines>

/** `holdings.json` of a seed: how many rows of each label each client holds, in the order of `labels`. */
export const HoldingsRecord = z
  .object({
    labels: z.array(z.string().max(1_000)).max(10_000),
    clients: z.array(z.object({ client: name, counts: z.array(count) })).max(1_000_000),
  })
  .refine(({ labels, clients }) => clients.every(({ counts }) => counts.length === labels.length), {
    message: 'has a client with more or fewer counts than there are labels',
    path: ['clients'],
  })
export type HoldingsRecord = z.infer<typeof HoldingsRecord>

/** One seed's folder. `participation` counts, by client, the rounds whose `participants` name it; the lists themselves are dropped. */
export type SeedResults = {
  readonly seed: number
  readonly rounds: readonly RoundResult[]
  readonly participation: ReadonlyMap<string, number>
  readonly clients: readonly ClientResult[]
  /** Of clients that held rows out. */
  readonly personal: readonly PersonalRecord[]
  readonly groups: GroupResults
  readonly holdings: HoldingsRecord | undefined
  readonly summary: SeedSummary
}

/** A whole results folder; what the run did not record is empty. */
export type RunResults = {
  readonly folder: string
  readonly scenario: ScenarioRecord
  readonly date: Date
  readonly seeds: readonly SeedResults[]
  readonly baselines: Baselines
}
