import type { Round } from '@tributary/coordinator'

type Ended = Extract<Round, { phase: 'completed' | 'abandoned' }>

export type RoundWatch = {
  /** Told of every save of a round. */
  saved(round: Round): void
  /** Resolves when the round has ended. */
  ended(round: string): Promise<Ended>
}

/** Turns saves of rounds into what the demo waits for: a round's cohort, and its end. */
export const createRoundWatch = (onCohort: (round: Round, cohort: number) => void): RoundWatch => {
  const ended = new Map<string, Ended>()
  const waiting = new Map<string, (round: Ended) => void>()
  const drawn = new Set<string>()
  return {
    saved(round) {
      if (round.phase === 'training' && !drawn.has(round.id)) {
        drawn.add(round.id)
        onCohort(round, round.tally.invited)
      }
      if (round.phase !== 'completed' && round.phase !== 'abandoned') return
      ended.set(round.id, round)
      waiting.get(round.id)?.(round)
    },
    ended: (id) =>
      new Promise((resolve) => {
        const round = ended.get(id)
        if (round) resolve(round)
        else waiting.set(id, resolve)
      }),
  }
}
