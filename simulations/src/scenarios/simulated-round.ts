import * as z from 'zod'

const count = z.int().min(0)

const common = {
  round: z.int().min(1),
  cohort: count,
  received: count,
  declined: count,
  failed: count,
  virtualSeconds: z.number(),
  /** Of computing, since the round before. */
  seconds: z.number(),
  /** Of all clients, since the round before. */
  bytesUp: count,
  bytesDown: count,
}

/** One round as results and checkpoints keep it. */
export const SimulatedRound = z.discriminatedUnion('outcome', [
  z.strictObject({
    ...common,
    outcome: z.literal('completed'),
    version: count,
    examples: count,
    /** Of the new model on the held-out set, where the round was evaluated; JSON has no loss that is not finite. */
    loss: z
      .number()
      .nullable()
      .transform((loss) => loss ?? Number.NaN)
      .optional(),
    accuracy: z.number().optional(),
    /** Of the names of what the scenario watches. */
    groups: z.record(z.string(), z.number()).optional(),
    /** How many of the received updates are attackers', where some attack. */
    attackers: count.optional(),
    /** Of a backdoor, where the round was evaluated. */
    attackSuccess: z.number().optional(),
    /** Means that clients told. */
    metrics: z.record(z.string(), z.number()),
    participants: z.array(z.string()),
  }),
  z.strictObject({ ...common, outcome: z.literal('abandoned'), reason: z.string(), detail: z.string() }),
])
export type SimulatedRound = z.infer<typeof SimulatedRound>

/** What the rounds of a run come to so far. */
export type Standing = {
  completed: number
  /** Rounds that came to nothing, one after the other, at the end. */
  inVain: number
  /** Updates received, of completed and abandoned rounds. */
  updates: number
  /** The completed rounds after which the target was met. */
  reached: number | null
}

const NOTHING: Standing = { completed: 0, inVain: 0, updates: 0, reached: null }

/** `target`: the accuracy that is to be reached, if any is. */
export const standingAfter = (
  rounds: readonly SimulatedRound[],
  target: number | undefined,
  before: Standing = NOTHING,
): Standing =>
  rounds.reduce((so, round): Standing => {
    const updates = so.updates + round.received
    if (round.outcome === 'abandoned')
      return { completed: so.completed, inVain: so.inVain + 1, updates, reached: so.reached }
    const completed = so.completed + 1
    const isMet = target !== undefined && round.accuracy !== undefined && round.accuracy >= target
    return { completed, inVain: 0, updates, reached: so.reached ?? (isMet ? completed : null) }
  }, before)
