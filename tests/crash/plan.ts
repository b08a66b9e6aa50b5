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

/** How a round's updates are protected, and who of its clients gets lost on the way. */
export const Privacy = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('sealed') }),
  z.object({
    mode: z.literal('secure-aggregation'),
    unmasking: z.enum(['direct', 'confirmed']),
    /** `distributed`: clients add noise in shares, and a ledger is charged with the round. */
    noise: z.enum(['none', 'distributed']),
    /**
     * So many clients, the first ones, are lost to every round: they start again when they are invited, in training or
     * when they have been acknowledged, and their session's secrets are gone; or they stall in training until its deadline.
     */
    lost: z.object({
      clients: z.int().min(0).max(3),
      how: z.enum(['when-invited', 'in-training', 'when-acknowledged', 'stalled']),
    }),
  }),
])
export type Privacy = z.infer<typeof Privacy>

export type Mode = Privacy['mode']

export const Plan = z.object({
  privacy: Privacy.default({ mode: 'sealed' }),
  rounds: z.int().min(1).max(3),
  /** `in-turn`: each client hands in when the one before has been acknowledged. */
  arrival: z.enum(['in-turn', 'together']),
  /** How long a training takes at most. */
  trainingMs: ms,
  dooms: z.array(Doom),
})
export type Plan = z.infer<typeof Plan>

/** The lives of a mode that are swept: together they pass every kind of boundary that it has. */
export const sweptLives: Readonly<Record<Mode, readonly Privacy[]>> = {
  sealed: [{ mode: 'sealed' }],
  'secure-aggregation': [
    {
      mode: 'secure-aggregation',
      unmasking: 'confirmed',
      noise: 'distributed',
      lost: { clients: 0, how: 'in-training' },
    },
    {
      mode: 'secure-aggregation',
      unmasking: 'direct',
      noise: 'none',
      lost: { clients: 1, how: 'in-training' },
    },
  ],
}

/** A life in which nobody is killed. */
export const undisturbedPlan = (privacy: Privacy, rounds: number): Plan => ({
  privacy,
  rounds,
  arrival: 'in-turn',
  trainingMs: 0,
  dooms: [],
})

type Life = { privacy: Privacy; boundaries: readonly string[] }

/** For every passing of a boundary in a single round, in order: a death there, and two more by chance after it. */
export const thoroughSweep = (seed: string, { privacy, boundaries }: Life): Plan[] =>
  boundaries.map((at) => {
    const chance = seededChance(`${seed}/${at}`)
    return sweep(privacy, [{ kind: 'boundary', at }, startingDoom(chance), anyDoom(chance, privacy)])
  })

/** A death at the first passing of every boundary, in as few rounds as five deaths far apart in each allow. */
export const quickSweep = ({ privacy, boundaries }: Life): Plan[] => {
  const first = boundaries.filter((at) => at.endsWith('#1'))
  const rounds = Math.ceil(first.length / 5)
  return first.slice(0, rounds).map((_, i) =>
    sweep(
      privacy,
      first.flatMap((at, j) => (j % rounds === i ? [{ kind: 'boundary', at }] : [])),
    ),
  )
}

const sweep = (privacy: Privacy, dooms: Doom[]): Plan => ({ ...undisturbedPlan(privacy, 1), dooms })

/** Deaths by chance alone, in a life of one of these modes. */
export const randomPlan = (seed: string, modes: readonly [Mode, ...Mode[]]): Plan => {
  const chance = seededChance(seed)
  const count = chance.whole(4, 10)
  const privacy = anyPrivacy(seededChance(`${seed}/privacy`), modes)
  return {
    privacy,
    rounds: chance.whole(2, 3),
    arrival: chance.pick(['in-turn', 'together']),
    trainingMs: chance.pick([0, 20, 100]),
    dooms: Array.from({ length: count }, () => anyDoom(chance, privacy)),
  }
}

const anyPrivacy = (chance: Chance, modes: readonly [Mode, ...Mode[]]): Privacy => {
  const mode = chance.pick(modes)
  if (mode === 'sealed') return { mode }
  return {
    mode,
    unmasking: chance.pick(['direct', 'confirmed']),
    noise: chance.pick(['none', 'distributed']),
    lost: {
      clients: chance.pick([0, 0, 1, 1, 2, 3]),
      how: chance.pick([
        'when-invited',
        'in-training',
        'in-training',
        'when-acknowledged',
        'when-acknowledged',
        'stalled',
      ]),
    },
  }
}

/** While it takes up what an earlier process left. */
const startingDoom = (chance: Chance): Doom =>
  chance.happens(0.5)
    ? { kind: 'count', boundaries: chance.whole(1, 6) }
    : { kind: 'time', ms: chance.whole(0, 300) }

/** How many boundaries a process that dies at one of them passes at most: a session has more of them. */
const REACH = { sealed: 30, 'secure-aggregation': 60 } as const

const anyDoom = (chance: Chance, { mode }: Privacy): Doom => {
  const roll = chance.between(0, 1)
  if (roll < 0.2) return startingDoom(chance)
  if (roll < 0.5) return { kind: 'count', boundaries: chance.whole(1, REACH[mode]) }
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
