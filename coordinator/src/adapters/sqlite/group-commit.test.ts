import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change, Store } from '../../ports/store.ts'
import {
  aClient,
  aCompleted,
  aModel,
  anEnrolmentToken,
  anEntry,
  anInvited,
  aReceived,
  aRoundId,
  aSelecting,
  aTask,
  aTaskId,
  aVersion,
  NOON,
} from '../contracts/arrange.ts'
import { openSqliteStore } from './sqlite-store.ts'

const few = fc.integer({ min: 1, max: 3 })

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom<Change>(
    { kind: 'insert-task', task: aTask('letters') },
    { kind: 'save-task', task: aTask() },
  ),
  few.map((number): Change => ({ kind: 'insert-round', round: aSelecting('digits', number) })),
  few.map((number): Change => ({ kind: 'save-round', round: aCompleted('digits', number) })),
  fc
    .tuple(few, few)
    .map(([i, n]): Change => ({ kind: 'save-member', member: anInvited(i, aRoundId('digits', n)) })),
  few.map((index): Change => ({ kind: 'save-member', member: aReceived(index) })),
  fc.tuple(few, few).map(
    ([version, parent]): Change => ({
      kind: 'insert-model',
      model: aModel('digits', version, { parent: version === 1 ? null : aVersion(parent) }),
    }),
  ),
  few.map((token): Change => ({ kind: 'require-lease', task: aTaskId(), token })),
  few.map((index): Change => ({ kind: 'insert-client', client: aClient(index) })),
  fc.constant<Change>({ kind: 'spend-token', id: 'tok-phones' }),
  few.map((n): Change => ({ kind: 'append-audit', entry: anEntry({ subject: `${n}` }) })),
)

const prepared = async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([
    { kind: 'insert-task', task: aTask('digits', { createdAt: NOON - 1 }) },
    { kind: 'insert-model', model: aModel() },
    { kind: 'insert-token', token: anEnrolmentToken('tok-phones', { usesLeft: 3 }) },
  ])
  await store.leases.take({ task: aTaskId(), holder: 'ada', forMs: 60_000 })
  return store
}

const everything = async (store: Store) => ({
  tasks: await store.tasks.list({ limit: 99 }),
  rounds: await store.rounds.list(aTaskId(), { limit: 99 }),
  members: await Promise.all([1, 2, 3].map((number) => store.members.ofRound(aRoundId('digits', number)))),
  models: await store.models.list(aTaskId(), { limit: 99 }),
  clients: await store.clients.list({ limit: 99 }),
  tokens: await store.tokens.list(),
  audit: await store.audit({ limit: 99 }),
})

const outcomeOf = (commit: Promise<void>) =>
  commit.then(
    () => 'done',
    (error: unknown) => String(error),
  )

test('commits issued together end as they would have one after another', async () => {
  const commits = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(commits, async (list) => {
      const [together, inTurn] = [await prepared(), await prepared()]
      const grouped = await Promise.all(list.map((changes) => outcomeOf(together.commit(changes))))
      const single: string[] = []
      for (const changes of list) single.push(await outcomeOf(inTurn.commit(changes)))
      expect(grouped).toEqual(single)
      expect(await everything(together)).toEqual(await everything(inTurn))
      await Promise.all([together.close(), inTurn.close()])
    }),
    { numRuns: 150 },
  )
})
