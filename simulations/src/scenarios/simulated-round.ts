/** One round as results keep it; bytes are those of all clients since the round before. */
export type SimulatedRound = {
  round: number
  cohort: number
  received: number
  declined: number
  failed: number
  virtualSeconds: number
  /** Of computing, since the round before. */
  seconds: number
  bytesUp: number
  bytesDown: number
} & (
  | {
      outcome: 'completed'
      version: number
      examples: number
      /** Of the new model on the held-out set, where the round was evaluated. */
      loss?: number
      accuracy?: number
      /** Of the names of what the scenario watches. */
      groups?: Record<string, number>
      /** How many of the received updates are attackers', where some attack. */
      attackers?: number
      /** Of a backdoor, where the round was evaluated. */
      attackSuccess?: number
      /** Means that clients told. */
      metrics: Record<string, number>
      participants: string[]
    }
  | { outcome: 'abandoned'; reason: string; detail: string }
)

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
