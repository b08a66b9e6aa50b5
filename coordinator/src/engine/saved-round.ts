import type { Member } from '../round/member.ts'
import type { RoundPolicy } from '../round/policy.ts'
import type { Round } from '../round/round.ts'

/** What a save of a round changed, for those who watch. */
export type RoundChange = {
  /** The state before; none at the round's first save. It is as last saved, whichever process saved it. */
  before: Round | undefined
  /** Members whose rows are new or changed, each with the status that it had. */
  members: readonly { was: Member['status'] | undefined; member: Member }[]
  policy: RoundPolicy
}
