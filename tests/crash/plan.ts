/** What befalls one coordinator in a trial: its rounds, and the deaths of the processes that follow each other. */
import * as z from 'zod'
import { type Chance, seededChance } from '../simulation/chance.ts'

/** Moments that clients can see from outside. */
const Moment = z.enum(['triggered', 'invited', 'uploading', 'acknowledged', 'ended'])
export type Moment = z.infer<typeof Moment>

const ms = z.int().min(0)

export const Doom = z.discriminatedUnion('kind', [
  /** At this boundary. */
  z.object({ kind: z.literal('boundary'), at: z.string() }),
  /** At the n-th boundary that the process passes. */
  z.object({ kind: z.literal('count'), boundaries: z.int().min(1) }),
  /** So long after it began to start. */
  z.object({ kind: z.literal('time'), ms }),
  /** So long after a client saw this. */
  z.object({ kind: z.literal('moment'), on: Moment, ms }),
  /** Asked to stop when a client saw this, and killed so long after. */
  z.object({ kind: z.literal('stopping'), on: Moment, ms }),
])
export type Doom = z.infer<typeof Doom>

export const Plan = z.object({
  rounds: z.int().min(1).max(3),
  /** `in-turn`: each client hands in when the one before has been acknowledged. */
  arrival: z.enum(['in-turn', 'together']),
  /** How long a training takes at most. */
  trainingMs: ms,
  dooms: z.array(Doom),
})
export type Plan = z.infer<typeof Plan>

/** For every passing of a boundary in a single round, in order: a death there, and two more by chance after it. */
export const thoroughSweep = (seed: string, boundaries: readonly string[]): Plan[] =>
  boundaries.map((at) => {
    const chance = seededChance(`${seed}/${at}`)
    return sweep([{ kind: 'boundary', at }, startingDoom(chance), anyDoom(chance)])
  })

/** A death at the first passing of every boundary, in as few rounds as five deaths far apart in each allow. */
export const quickSweep = (boundaries: readonly string[]): Plan[] => {
  const first = boundaries.filter((at) => at.endsWith('#1'))
  const rounds = Math.ceil(first.length / 5)
  return first
    .slice(0, rounds)
    .map((_, i) => sweep(first.flatMap((at, j) => (j % rounds === i ? [{ kind: 'boundary', at }] : []))))
}

const sweep = (dooms: Doom[]): Plan => ({ rounds: 1, arrival: 'in-turn', trainingMs: 0, dooms })

/** Deaths by chance alone. */
export const randomPlan = (seed: string): Plan => {
  const chance = seededChance(seed)
  const count = chance.whole(4, 10)
  return {
    rounds: chance.whole(2, 3),
    arrival: chance.pick(['in-turn', 'together']),
    trainingMs: chance.pick([0, 20, 100]),
    dooms: Array.from({ length: count }, () => anyDoom(chance)),
  }
}

/** While it takes up what an earlier process left. */
const startingDoom = (chance: Chance): Doom =>
  chance.happens(0.5)
    ? { kind: 'count', boundaries: chance.whole(1, 6) }
    : { kind: 'time', ms: chance.whole(0, 300) }

const anyDoom = (chance: Chance): Doom => {
  const roll = chance.between(0, 1)
  if (roll < 0.2) return startingDoom(chance)
  if (roll < 0.5) return { kind: 'count', boundaries: chance.whole(1, 30) }
  if (roll < 0.65) return { kind: 'time', ms: chance.whole(200, 900) }
  const on = chance.pick<Moment>([
    'triggered',
    'invited',
    'uploading',
    'acknowledged',
    'acknowledged',
    'ended',
  ])
  return roll < 0.85
    ? { kind: 'moment', on, ms: chance.pick([0, 0, 1, 3, 10, 30]) }
    : { kind: 'stopping', on, ms: chance.whole(0, 60) }
}
