/** The laws of buffered rounds, where a client may hand in to another round than it was invited to. */
import type { Round } from '@tributary/coordinator'
import { type ClientId, numberOfRound, type RoundId } from '@tributary/protocols'
import type { TaskFile } from '@tributary/protocols/task'
import type { PlainUpdate } from '../fleet/reference-fedavg.ts'
import type { Member } from './ports.ts'
import type { Must } from './round-laws.ts'

/** The round that the client of this row knows: the one that it was invited to. */
export const invitedTo = ({ round, invitation }: Member): RoundId => invitation?.round ?? round

export const isAtWork = ({ status }: Member): boolean => status === 'invited' || status === 'accepted'

/** Of a client's invitation to a round, the row that stands: that of the latest round which has taken it over. */
export const standingOf = (
  members: Iterable<Member>,
  round: RoundId,
  client: ClientId,
): Member | undefined => {
  let last: Member | undefined
  for (const member of members)
    if (member.client === client && invitedTo(member) === round)
      if (!last || numberOfRound(member.round) > numberOfRound(last.round)) last = member
  return last
}

/** How far behind its round's base a member trains from; 0 where rounds are not buffered. */
const behind = (round: Pick<Round, 'base'>, { invitation }: Member): number =>
  invitation ? round.base.version - invitation.base.version : 0

/** What the update counts for, as the papers write it. */
const weightOf = ({ mode }: Pick<TaskFile, 'mode'>, staleness: number): number => {
  if (mode.kind !== 'buffered') return 1
  const { staleness: rule } = mode
  if (rule.kind === 'constant') return 1
  if (rule.kind === 'polynomial') return 1 / (1 + staleness) ** rule.exponent
  return staleness <= rule.until ? 1 : 1 / (1 + rule.slope * (staleness - rule.until))
}

/** The update as its round is to fold it: every value times what its age leaves of it, rounded to float32. */
export const weighed = (
  update: PlainUpdate,
  round: Pick<Round, 'base'>,
  member: Member,
  file: Pick<TaskFile, 'mode'>,
): PlainUpdate => {
  const weight = Math.fround(weightOf(file, behind(round, member)))
  return { ...update, delta: update.delta.map((value) => Math.fround(weight * value)) }
}

export const judgeBuffer = (
  round: Round,
  members: readonly Member[],
  /** Members that have gone on after saying that no update will come: their places may have been given away. */
  resumed: number,
  { mode }: Pick<TaskFile, 'mode'>,
  must: Must,
): void => {
  if (mode.kind !== 'buffered') return
  const atWork = members.filter(isAtWork).length
  must(
    round.phase !== 'training' || atWork <= mode.concurrency + resumed,
    () => `${round.id} has ${atWork} clients at work, and may have ${mode.concurrency}`,
  )
  for (const member of members)
    must(
      behind(round, member) <= mode.staleness.most,
      () => `${round.id} has a member that is ${behind(round, member)} versions behind`,
    )
}
