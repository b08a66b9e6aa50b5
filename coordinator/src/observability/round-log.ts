import type { RoundChange } from '../engine/saved-round.ts'
import type { Member } from '../round/member.ts'
import type { Round } from '../round/round.ts'
import type { Log } from './log.ts'

/** Tells the life of rounds at `info` and of the clients in them at `debug`: ids, counts, words of the protocol, and nothing that anybody wrote. */
export const createRoundLog =
  (log: Log) =>
  (round: Round, { before, members }: Pick<RoundChange, 'before' | 'members'>): void => {
    const of = { round: round.id, task: round.task }
    for (const { member } of members) log.debug({ ...of, ...fateOf(member) }, 'a client of the round')
    if (before?.phase === round.phase) return
    log.info({ ...of, ...stateOf(round) }, 'the round')
  }

const stateOf = (round: Round) => ({
  phase: round.phase,
  base: round.base.version,
  ...('tally' in round && round.tally),
  ...(round.phase === 'completed' && { version: round.version.version }),
  ...(round.phase === 'abandoned' && { reason: round.reason }),
})

const fateOf = (member: Member) => ({
  client: member.client,
  status: member.status,
  ...('reason' in member && { reason: member.reason }),
  ...('receipt' in member && { envelope: member.receipt.envelope, bytes: member.receipt.bytes }),
})
