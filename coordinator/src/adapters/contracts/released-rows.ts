import { expect } from 'vitest'
import { verifyAudit } from '../../audit/chain.ts'
import type { Store } from '../../ports/store.ts'
import {
  aClient,
  aCompleted,
  aModel,
  anEnrolmentToken,
  anInvited,
  anOperatorToken,
  anOriginOf,
  aReceived,
  aReply,
  aRoundId,
  aTask,
  aTaskId,
  aTraining,
  NOON,
} from './arrange.ts'

/** What the rows of `released-rows.builders.ts` are to a program that opened a database of that version with them. */
export const expectWhatWasReleased = async (store: Store): Promise<void> => {
  const [task, page, round] = [aTaskId(), { limit: 10 }, aRoundId('digits', 2)]
  expect(await store.tasks.list(page)).toEqual([aTask('digits', { createdAt: NOON + 0.25 })])
  expect(await store.models.list(task, page)).toEqual([
    aModel('digits', 2, { origin: anOriginOf(aRoundId()) }),
    aModel(),
  ])
  expect(await store.rounds.list(task, page)).toEqual([aTraining('digits', 2), aCompleted()])
  expect(await store.members.ofRound(round)).toEqual([aReceived(0, round), anInvited(1, round)])
  expect(await store.clients.list(page)).toEqual([aClient(0), aClient(1, { status: 'revoked' })])
  expect(await store.tokens.list()).toEqual([anOperatorToken(), anEnrolmentToken()])
  expect(await store.reply(aReply().scope, aReply().key)).toEqual(aReply())
  expect((await store.roundKey(round))?.sealedSecret).toHaveLength(72)
  expect(verifyAudit(await store.audit(page))).toMatchObject({ kind: 'intact', head: { sequence: 2 } })
  expect(await store.identity()).toBe('coordinator-00112233445566778')
}
