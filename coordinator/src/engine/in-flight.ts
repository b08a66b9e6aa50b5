import type { TaskId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { RoundKeys } from '../crypto/round-keys.ts'
import type { Store } from '../ports/store.ts'
import { isAwaited, keyOf, type Member } from '../round/member.ts'
import { isSettled, leftAtWorkBy } from '../round/round.ts'
import type { Notice } from './announcements.ts'

/**
 * Of a buffered task that is finished: whoever its last round has left at work is counted by none any more. They are told so, and the keys go that
 * their updates would have been sealed to (R17). May be repeated, in part or in whole; does nothing where there is nobody.
 */
export const createReleaseInFlight =
  ({
    clock,
    store,
    roundKeys,
    announce,
  }: {
    clock: Pick<Clock, 'now'>
    store: Pick<Store, 'rounds' | 'members' | 'commit'>
    roundKeys: Pick<RoundKeys, 'destroy'>
    announce(notice: Notice): Promise<void>
  }) =>
  async (task: TaskId): Promise<void> => {
    const latest = await store.rounds.latest(task)
    if (!latest || !isSettled(latest)) return
    const round = leftAtWorkBy(latest)
    const atWork = round ? (await store.members.ofRound(round)).filter(isAwaited) : []
    if (!round || atWork.length === 0) return
    // The rows last: as long as they say that somebody is at work, this is done again.
    const keys = new Set(atWork.flatMap(({ invitation }) => (invitation ? [invitation.round] : [])))
    for (const key of keys) await roundKeys.destroy(key)
    const since = clock.now()
    await store.commit(
      atWork.map((member) => ({
        kind: 'save-member',
        member: { status: 'failed', ...keyOf(member), reason: 'aborted', since } satisfies Member,
      })),
    )
    await announce({ kind: 'ended', round })
  }
