import { type ClientId, numberOfRound, type RoundId, roundId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Forward } from '../cluster/forward.ts'
import type { FarHappening } from '../cluster/signal.ts'
import { isAwaited, type Member } from '../round/member.ts'
import type { Round } from '../round/round.ts'
import type { Engine } from './engine.ts'
import type { Outcome } from './happening.ts'
import { createPauses } from './pauses.ts'

/**
 * Where a client's part in a round is decided. That is the round itself; of a buffered task, once that round has ended with the client at work, it is the
 * one that has taken it over, under a row of its own, whose `invitation` still names the round that the client knows.
 */
export type Standing = {
  round: Round
  member: Member | undefined
  /** The client is at work, and the round that is to take it over has yet to begin. */
  between: boolean
  /** The round that went on without this client, which was at work: it had overrun its time, or fallen too far behind. */
  passedOverBy?: Round
}

export type Standings = {
  /** As it is at present; `undefined` where there is no such round. */
  of(round: RoundId, client: ClientId): Promise<Standing | undefined>
  /** Waits a few seconds for the next round to begin, where the client is between two. */
  settled(round: RoundId, client: ClientId): Promise<Standing | undefined>
  /** What a client says or sends is decided where it stands, even if that changes meanwhile. */
  decide(
    round: RoundId,
    client: ClientId,
    happening: FarHappening,
  ): Promise<{ standing: Standing; outcome: Outcome } | undefined>
  /** Nobody waits any longer. */
  stop(): void
}

/** An aggregation of a large model takes about this long; whoever still comes too early comes again. */
const PATIENCE_MS = 5_000
const LOOK_EVERY_MS = 100
/** A round that takes a client over may be full before the client is heard. */
const TRIES = 5

export const createStandings = ({
  clock,
  engine,
}: {
  clock: Clock
  engine: Pick<Engine, 'view' | 'member'> & Pick<Forward, 'dispatch'>
}): Standings => {
  const pauses = createPauses(clock)
  let stopped = false

  const standingOf = async (id: RoundId, client: ClientId): Promise<Standing | undefined> => {
    const first = await engine.view(id)
    if (!first) return undefined
    let round = first
    let member = await engine.member(id, client)
    for (let number = numberOfRound(id) + 1; member && goesOnAfter(round, member); number++) {
      const next = await engine.view(roundId(first.task, number))
      const wasTakenOver = next?.buffer?.follows === round.id
      if (!next || (wasTakenOver && next.phase === 'selecting')) return { round, member, between: true }
      if (!wasTakenOver) break
      const row = await engine.member(next.id, client)
      if (row?.invitation?.round === id) [round, member] = [next, row]
      // One that has ended without a member leaves it to the one after it to take anybody over.
      else if (row || next.phase === 'training' || !isEmpty(next))
        return { round, member, between: false, passedOverBy: next }
    }
    return { round, member, between: false }
  }

  const settled = async (round: RoundId, client: ClientId): Promise<Standing | undefined> => {
    const giveUpAt = clock.now() + PATIENCE_MS
    for (;;) {
      const standing = await standingOf(round, client)
      if (!standing?.between || stopped || clock.now() >= giveUpAt) return standing
      await pauses.pause(LOOK_EVERY_MS)
    }
  }

  return {
    of: standingOf,
    settled,
    async decide(round, client, happening) {
      for (let tries = 1; ; tries++) {
        const standing = await settled(round, client)
        if (!standing) return undefined
        const outcome = await engine.dispatch(standing.round.id, happening)
        const mayHaveMoved =
          outcome.kind === 'refused' && outcome.reason === 'round-over' && standing.round.buffer
        if (!mayHaveMoved || tries === TRIES || stopped) return { standing, outcome }
        const now = await standingOf(round, client)
        if (!now?.between && now?.round.id === standing.round.id) return { standing: now, outcome }
      }
    },
    stop() {
      stopped = true
      pauses.end()
    },
  }
}

/** Whether the round no longer counts updates, and another is to count this member's. */
const goesOnAfter = (round: Round, member: Member): boolean =>
  round.buffer !== undefined && round.phase !== 'training' && isAwaited(member)

const isEmpty = (round: Round): boolean => 'tally' in round && round.tally.invited === 0
