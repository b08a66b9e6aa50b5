/**
 * What every `Store` promises, run on each adapter. An adapter's test calls `describeStore` with how to make one.
 */
import { createRows, rowsOfGroup } from '@tributary/protocols/secagg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../audit/chain.ts'
import { ConflictError, LeaseLostError } from '../../faults/storage.ts'
import type { ConsoleSession, Origin } from '../../ports/records.ts'
import type { Change, Store } from '../../ports/store.ts'
import type { Round } from '../../round/round.ts'
import {
  aClient,
  aClientId,
  aCompleted,
  aConsoleSession,
  aDigest,
  aLedger,
  aModel,
  anAbandoned,
  anAggregating,
  anEnrolmentToken,
  anEntry,
  anInvited,
  anOperatorToken,
  anOriginOf,
  aPersonsSession,
  aReceived,
  aReply,
  aRoundId,
  aRoundKey,
  aSelecting,
  aSessionRecord,
  aSessionRow,
  aTask,
  aTaskId,
  aTraining,
  aVersion,
  hex,
  NOON,
} from './arrange.ts'
import { describeWebhooks } from './webhooks-contract.ts'

export type StoreUnderTest = {
  store: Store
  /** Closes the store and opens what it left. Absent where nothing outlives the process. */
  reopen?: () => Promise<Store>
  /** Lets that much time pass on the clock by which the store's leases run out. */
  elapse(ms: number): Promise<void>
  dispose(): Promise<void>
}

const MINUTE = 60_000

/** Strings that break what builds queries or paths by hand. */
const AWKWARD = [
  `'; drop table tasks; --`,
  `" or 1=1 --`,
  `%_\\`,
  '日本語 🙂 e\u0301 \u{1F469}\u200D\u{1F52C}',
  'line\nbreak\ttab\u0000nul',
  '',
  '{{7*7}} $1 ?1 :name @p #{x}',
]

export const describeStore = (name: string, create: () => Promise<StoreUnderTest>): void => {
  describe(`${name} keeps the contract of a store`, () => {
    let subject: StoreUnderTest
    let store: Store

    beforeEach(async () => {
      subject = await create()
      store = subject.store
    })
    afterEach(() => subject.dispose())

    const conflictOf = async (...changes: Change[]): Promise<string> => {
      const failure = await store.commit(changes).then(
        () => 'no conflict',
        (error: unknown) => error,
      )
      if (!(failure instanceof ConflictError)) throw new Error('expected a conflict', { cause: failure })
      return failure.what
    }

    describeWebhooks(() => store)

    describe('tasks', () => {
      test('a task that was inserted is read back whole', async () => {
        const task = aTask('digits', { createdAt: NOON + 0.25 })
        await store.commit([{ kind: 'insert-task', task }])
        expect(await store.tasks.get(task.id)).toEqual(task)
        expect(await store.tasks.get(aTaskId('letters'))).toBeUndefined()
      })

      test('a task is inserted once', async () => {
        await store.commit([{ kind: 'insert-task', task: aTask() }])
        expect(await conflictOf({ kind: 'insert-task', task: aTask('digits', { status: 'paused' }) })).toBe(
          'task digits is there already',
        )
        expect(await store.tasks.get(aTaskId())).toEqual(aTask())
      })

      test('saving replaces a task, and inserts one that is not there', async () => {
        await store.commit([{ kind: 'save-task', task: aTask() }])
        await store.commit([{ kind: 'save-task', task: aTask('digits', { status: 'finished' }) }])
        expect(await store.tasks.get(aTaskId())).toEqual(aTask('digits', { status: 'finished' }))
      })

      test('tasks are listed by id, page by page', async () => {
        const ids = ['b', 'a-1', 'a', 'c', 'a0']
        await store.commit(ids.map((id) => ({ kind: 'insert-task', task: aTask(id) })))
        const first = await store.tasks.list({ limit: 2 })
        const second = await store.tasks.list({ limit: 2, after: aTaskId('a-1') })
        const third = await store.tasks.list({ limit: 2, after: aTaskId('b') })
        expect([first, second, third].map((page) => page.map(({ id }) => id))).toEqual([
          ['a', 'a-1'],
          ['a0', 'b'],
          ['c'],
        ])
      })

      test('a task file of megabytes is kept whole', async () => {
        const topology = {
          layers: Array.from({ length: 40_000 }, (_, i) => ({ units: i, name: `dense_${i}_🙂` })),
        }
        const task = aTask('digits', {
          file: {
            model: {
              format: 'tfjs-layers',
              topology,
              tensors: [{ name: 'w', shape: [2], dtype: 'F32' }],
              initial: { kind: 'import' },
            },
          },
        })
        expect(JSON.stringify(task).length).toBeGreaterThan(1_000_000)
        await store.commit([{ kind: 'insert-task', task }])
        expect(await store.tasks.get(task.id)).toEqual(task)
      })
    })

    describe('rounds', () => {
      beforeEach(() =>
        store.commit([
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-model', model: aModel() },
        ]),
      )

      test('a round in any phase is read back whole', async () => {
        const phases: Round[] = [aSelecting(), aTraining(), anAggregating(), aCompleted(), anAbandoned()]
        for (const round of phases) {
          await store.commit([{ kind: 'save-round', round }])
          expect(await store.rounds.get(round.id)).toEqual(round)
        }
      })

      test("a round's number is the next of its task", async () => {
        expect(await conflictOf({ kind: 'insert-round', round: aSelecting('digits', 2) })).toBe(
          'round 2 of task digits is not its next: that would be round 1',
        )
        await store.commit([
          { kind: 'insert-round', round: aSelecting() },
          { kind: 'save-round', round: aCompleted() },
        ])
        expect(await conflictOf({ kind: 'insert-round', round: aSelecting() })).toContain('is not its next')
        expect(await conflictOf({ kind: 'insert-round', round: aSelecting('digits', 3) })).toContain(
          'that would be round 2',
        )
        await store.commit([{ kind: 'insert-round', round: aSelecting('digits', 2) }])
      })

      test('a task has one round open at a time', async () => {
        await store.commit([{ kind: 'insert-round', round: aSelecting() }])
        for (const open of [aSelecting(), aTraining(), anAggregating()]) {
          await store.commit([{ kind: 'save-round', round: open }])
          expect(await conflictOf({ kind: 'insert-round', round: aSelecting('digits', 2) })).toBe(
            'task digits has another round open',
          )
        }
        await store.commit([{ kind: 'save-round', round: anAbandoned('digits', 1, 'owed') }])
        await store.commit([{ kind: 'insert-round', round: aSelecting('digits', 2) }])
        expect(await conflictOf({ kind: 'save-round', round: aTraining() })).toBe(
          'task digits has another round open',
        )
      })

      test('rounds of other tasks do not stand in the way', async () => {
        await store.commit([
          { kind: 'insert-task', task: aTask('letters') },
          { kind: 'insert-model', model: aModel('letters') },
          { kind: 'insert-round', round: aSelecting() },
          { kind: 'insert-round', round: aSelecting('letters', 1) },
        ])
        expect((await store.rounds.latest(aTaskId('letters')))?.id).toBe('letters.1')
      })

      test('a round needs its task', async () => {
        expect(await conflictOf({ kind: 'insert-round', round: aSelecting('letters') })).toBe(
          'there is no task letters',
        )
      })

      test("a round starts from the task's newest version", async () => {
        await store.commit([{ kind: 'insert-model', model: aModel('digits', 2) }])
        expect(await conflictOf({ kind: 'insert-round', round: aSelecting() })).toBe(
          'round 1 of task digits starts from version 1, but the newest is version 2',
        )
        const round = { ...aSelecting(), base: { version: aVersion(2), digest: aDigest('weights 2') } }
        await store.commit([{ kind: 'insert-round', round }])
        expect(await store.rounds.get(round.id)).toEqual(round)
      })

      test('a task without a version has no round', async () => {
        await store.commit([{ kind: 'insert-task', task: aTask('letters') }])
        expect(await conflictOf({ kind: 'insert-round', round: aSelecting('letters') })).toBe(
          'round 1 of task letters starts from version 1, but the newest is none',
        )
      })

      test('the latest round, pages newest first, and the number completed', async () => {
        expect(await store.rounds.latest(aTaskId())).toBeUndefined()
        expect(await store.rounds.completed(aTaskId())).toBe(0)
        for (let number = 1; number <= 11; number++) {
          const ended = number % 3 === 0 ? anAbandoned('digits', number) : aCompleted('digits', number)
          await store.commit([
            { kind: 'insert-round', round: aSelecting('digits', number) },
            { kind: 'save-round', round: ended },
          ])
        }
        expect((await store.rounds.latest(aTaskId()))?.number).toBe(11)
        expect(await store.rounds.completed(aTaskId())).toBe(8)
        expect((await store.rounds.list(aTaskId(), { limit: 3 })).map(({ number }) => number)).toEqual([
          11, 10, 9,
        ])
        const rest = await store.rounds.list(aTaskId(), { limit: 100, after: 9 })
        expect(rest.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
      })

      test('unsettled are the open rounds and those that still owe something', async () => {
        const tasks = ['a', 'b', 'c', 'd']
        const rounds = [
          aTraining('a'),
          aCompleted('b', 1, 'owed'),
          aCompleted('c'),
          anAbandoned('d', 1, 'owed'),
        ]
        await store.commit(tasks.map((id) => ({ kind: 'insert-task', task: aTask(id) })))
        await store.commit(rounds.map((round) => ({ kind: 'save-round', round })))
        expect(await store.rounds.unsettled()).toEqual([rounds[0], rounds[1], rounds[3]])
        await store.commit([{ kind: 'save-round', round: aCompleted('b', 1, 'settled') }])
        expect((await store.rounds.unsettled()).map(({ id }) => id)).toEqual(['a.1', 'd.1'])
      })

      test('a round that could not be read back is not written', async () => {
        const broken = { ...aCompleted(), metrics: { loss: Number.NaN } }
        await expect(store.commit([{ kind: 'save-round', round: broken }])).rejects.toThrow()
        expect(await store.rounds.get(broken.id)).toBeUndefined()
      })
    })

    describe('members', () => {
      beforeEach(() =>
        store.commit([
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-round', round: aSelecting() },
        ]),
      )

      test('a member is unique on round and client: saving again replaces it', async () => {
        await store.commit([{ kind: 'save-member', member: anInvited(3) }])
        await store.commit([{ kind: 'save-member', member: aReceived(3) }])
        expect(await store.members.get(aRoundId(), aClientId(3))).toEqual(aReceived(3))
        expect(await store.members.ofRound(aRoundId())).toEqual([aReceived(3)])
        expect(await store.members.get(aRoundId(), aClientId(4))).toBeUndefined()
      })

      test('of two saves of one member in a commit, the later stays', async () => {
        await store.commit([
          { kind: 'save-member', member: anInvited(1) },
          { kind: 'save-member', member: aReceived(1) },
        ])
        expect(await store.members.ofRound(aRoundId())).toEqual([aReceived(1)])
      })

      test('members are listed in the order of their client ids, whatever the order they came in', async () => {
        const order = [5, 0, 17, 3, 255, 16]
        await store.commit(order.map((index) => ({ kind: 'save-member', member: aReceived(index) })))
        const clients = (await store.members.ofRound(aRoundId())).map(({ client }) => client)
        expect(clients).toEqual([0, 3, 5, 16, 17, 255].map(aClientId))
      })

      test('a member needs its round', async () => {
        const member = anInvited(0, aRoundId('digits', 9))
        expect(await conflictOf({ kind: 'save-member', member })).toBe('there is no round digits.9')
      })

      test('a cohort of 3,000 is one commit', async () => {
        const cohort = Array.from({ length: 3_000 }, (_, index) => anInvited(index))
        await store.commit(cohort.map((member) => ({ kind: 'save-member', member })))
        expect(await store.members.ofRound(aRoundId())).toEqual(cohort)
      })

      test('the rounds of a client come with its part in each, those that opened last first, whichever tasks they are of', async () => {
        const ended = (task: string, number: number, openedAt: number) => ({
          ...anAbandoned(task, number),
          base: aSelecting().base,
          openedAt,
        })
        await store.commit([
          { kind: 'insert-task', task: aTask('letters') },
          { kind: 'insert-model', model: aModel('letters') },
          { kind: 'save-round', round: ended('digits', 1, NOON) },
        ])
        // The tenth round comes after the ninth, and of two that opened at once each comes once.
        const numbers = Array.from({ length: 11 }, (_, index) => index + 2)
        for (const number of numbers)
          await store.commit([{ kind: 'insert-round', round: ended('digits', number, NOON + number) }])
        for (const number of [1, 2])
          await store.commit([{ kind: 'insert-round', round: ended('letters', number, NOON + 9 + number) }])
        const rounds = [
          ...[1, ...numbers].map((number) => aRoundId('digits', number)),
          aRoundId('letters', 1),
        ]
        await store.commit(
          rounds.map((round, index) => ({
            kind: 'save-member',
            member: index % 2 === 0 ? aReceived(1, round) : anInvited(1, round),
          })),
        )
        await store.commit([{ kind: 'save-member', member: anInvited(2, aRoundId('letters', 2)) }])

        const all = await store.members.ofClient(aClientId(1), { limit: 50 })
        const ids = all.map(({ round }) => round.id)
        expect(ids).toEqual([
          'digits.12',
          'digits.11',
          'letters.1',
          ...[10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((number) => `digits.${number}`),
        ])
        expect(all[2]).toEqual({
          round: ended('letters', 1, NOON + 10),
          member: aReceived(1, aRoundId('letters', 1)),
        })
        const paged: typeof ids = []
        for (let after = ids[0]; after !== undefined; after = paged.at(-1)) {
          const page = await store.members.ofClient(aClientId(1), { limit: 4, after })
          if (page.length === 0) break
          paged.push(...page.map(({ round }) => round.id))
        }
        expect(paged).toEqual(ids.slice(1))
        expect(await store.members.ofClient(aClientId(7), { limit: 9 })).toEqual([])
        const unknown = { limit: 9, after: aRoundId('digits', 99) }
        expect(await store.members.ofClient(aClientId(1), unknown)).toEqual([])
      })
    })

    describe('models', () => {
      beforeEach(() => store.commit([{ kind: 'insert-task', task: aTask() }]))

      test('versions are read back whole, whatever they came from', async () => {
        const versions = [
          aModel('digits', 1, { origin: { kind: 'imported', note: AWKWARD.join() } }),
          aModel('digits', 2, {
            origin: anOriginOf(aRoundId()),
          }),
          aModel('digits', 3, { origin: { kind: 'rollback', to: aVersion(1), reason: 'worse on tablets' } }),
        ]
        await store.commit(versions.map((model) => ({ kind: 'insert-model', model })))
        for (const model of versions) expect(await store.models.get(model.task, model.version)).toEqual(model)
        expect(await store.models.latest(aTaskId())).toEqual(versions[2])
        expect(await store.models.list(aTaskId(), { limit: 2 })).toEqual([versions[2], versions[1]])
        expect(await store.models.list(aTaskId(), { limit: 2, after: aVersion(2) })).toEqual([versions[0]])
        expect(await store.models.get(aTaskId(), aVersion(4))).toBeUndefined()
        expect(await store.models.latest(aTaskId('letters'))).toBeUndefined()
      })

      test('a version is made from the newest: lineage does not fork', async () => {
        await store.commit(
          [1, 2].map((version) => ({ kind: 'insert-model', model: aModel('digits', version) })),
        )
        const fork = aModel('digits', 3, { parent: aVersion(1) })
        expect(await conflictOf({ kind: 'insert-model', model: fork })).toBe(
          'version 3 of task digits was made from version 1, but the newest is version 2',
        )
        const orphan = aModel('digits', 3, { parent: null })
        expect(await conflictOf({ kind: 'insert-model', model: orphan })).toContain('made from none')
        const ahead = aModel('digits', 4, { parent: aVersion(3) })
        expect(await conflictOf({ kind: 'insert-model', model: ahead })).toContain('made from version 3')
      })

      test('a version is written once, and comes after its parent', async () => {
        await store.commit([{ kind: 'insert-model', model: aModel() }])
        expect(await conflictOf({ kind: 'insert-model', model: aModel() })).toContain('made from none')
        const again = aModel('digits', 1, { parent: aVersion(1) })
        expect(await conflictOf({ kind: 'insert-model', model: again })).toBe(
          'version 1 of task digits does not come after the newest, 1',
        )
      })

      test('of two versions raced onto the same parent, one is kept', async () => {
        await store.commit([{ kind: 'insert-model', model: aModel() }])
        const attempts = await Promise.allSettled(
          ['a', 'b', 'c'].map((weights) =>
            store.commit([
              {
                kind: 'insert-model',
                model: aModel('digits', 2, { weights: { digest: aDigest(weights), bytes: 1 } }),
              },
            ]),
          ),
        )
        expect(attempts.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
        expect((await store.models.latest(aTaskId()))?.weights.digest).toBe(aDigest('a'))
      })

      test('while a round is open, only that round makes a version', async () => {
        const origins: Origin[] = [
          { kind: 'initial', seed: 7 },
          { kind: 'imported', note: 'repaired' },
          { kind: 'rollback', to: aVersion(1), reason: 'worse on tablets' },
        ]
        await store.commit([
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-round', round: aSelecting() },
        ])
        for (const round of [aSelecting(), aTraining(), anAggregating()]) {
          await store.commit([{ kind: 'save-round', round }])
          for (const origin of origins)
            expect(await conflictOf({ kind: 'insert-model', model: aModel('digits', 2, { origin }) })).toBe(
              'version 2 of task digits would come from outside while round digits.1 is open',
            )
        }
        await store.commit([
          { kind: 'insert-model', model: aModel('digits', 2, { origin: anOriginOf(aRoundId()) }) },
          { kind: 'save-round', round: aCompleted() },
        ])
        for (const [index, origin] of origins.entries())
          await store.commit([{ kind: 'insert-model', model: aModel('digits', 3 + index, { origin }) }])
      })

      test('a round of another task is in nobody’s way', async () => {
        await store.commit([
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-round', round: aSelecting() },
          { kind: 'insert-task', task: aTask('letters') },
          { kind: 'insert-model', model: aModel('letters') },
        ])
        expect((await store.models.latest(aTaskId('letters')))?.version).toBe(1)
      })

      test('of a round and a version from outside that are raced onto one version, one is kept', async () => {
        await store.commit([{ kind: 'insert-model', model: aModel() }])
        const attempts = await Promise.allSettled([
          store.commit([{ kind: 'insert-model', model: aModel('digits', 2) }]),
          store.commit([{ kind: 'insert-round', round: aSelecting() }]),
        ])
        expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      })

      test('a version needs its task', async () => {
        expect(await conflictOf({ kind: 'insert-model', model: aModel('letters') })).toBe(
          'there is no task letters',
        )
      })
    })

    describe('round keys', () => {
      beforeEach(() =>
        store.commit([
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-round', round: aSelecting() },
        ]),
      )

      test('a key is kept until it is destroyed, and destroying twice is harmless', async () => {
        const key = aRoundKey()
        await store.commit([{ kind: 'insert-round-key', key }])
        const kept = await store.roundKey(key.round)
        expect({ ...kept, sealedSecret: [...(kept?.sealedSecret ?? [])] }).toEqual({
          ...key,
          sealedSecret: [...key.sealedSecret],
        })
        await store.commit([{ kind: 'destroy-round-key', round: key.round }])
        expect(await store.roundKey(key.round)).toBeUndefined()
        await store.commit([{ kind: 'destroy-round-key', round: key.round }])
      })

      test('a round has one key', async () => {
        await store.commit([{ kind: 'insert-round-key', key: aRoundKey() }])
        expect(await conflictOf({ kind: 'insert-round-key', key: aRoundKey() })).toBe(
          'round digits.1 has a key already',
        )
      })
    })

    describe('clients', () => {
      test('clients are unique in id and in public key', async () => {
        await store.commit([{ kind: 'insert-client', client: aClient(1) }])
        const rekeyed = aClient(1, { publicKey: aClient(2).publicKey })
        const impostor = aClient(2, { publicKey: aClient(1).publicKey })
        for (const client of [aClient(1), rekeyed, impostor])
          expect(await conflictOf({ kind: 'insert-client', client })).toBe(
            `client ${client.id} or its public key is enrolled already`,
          )
        expect(await store.clients.list({ limit: 9 })).toEqual([aClient(1)])
      })

      test('clients are listed by id; those revoked are not active', async () => {
        await store.commit([4, 2, 9].map((index) => ({ kind: 'insert-client', client: aClient(index) })))
        await store.commit([{ kind: 'save-client', client: aClient(4, { status: 'revoked' }) }])
        expect(await store.clients.get(aClientId(4))).toEqual(aClient(4, { status: 'revoked' }))
        expect(await store.clients.active()).toBe(2)
        expect(await store.clients.list({ limit: 2 })).toEqual([
          aClient(2),
          aClient(4, { status: 'revoked' }),
        ])
        expect(await store.clients.list({ limit: 2, after: aClientId(4) })).toEqual([aClient(9)])
        expect(await store.clients.revoked()).toBe(1)
      })

      test('clients are listed by status, by what their ids begin with, and out of some, together and page by page', async () => {
        const fleet = [1, 2, 3, 0x11, 0x12].map((index) =>
          aClient(index, { status: index === 2 || index === 0x11 ? 'revoked' : 'active' }),
        )
        await store.commit(fleet.map((client) => ({ kind: 'insert-client', client })))
        const idsOf = async (asked: Parameters<typeof store.clients.list>[0]) =>
          (await store.clients.list(asked)).map(({ id }) => Number.parseInt(id.slice(2), 16))
        const tens = `c-${'0'.repeat(30)}1`
        expect(await idsOf({ limit: 9, status: 'revoked' })).toEqual([2, 0x11])
        expect(await idsOf({ limit: 2, status: 'active' })).toEqual([1, 3])
        expect(await idsOf({ limit: 2, status: 'active', after: aClientId(3) })).toEqual([0x12])
        expect(await idsOf({ limit: 9, prefix: tens })).toEqual([0x11, 0x12])
        expect(await idsOf({ limit: 9, prefix: 'c-' })).toEqual([1, 2, 3, 0x11, 0x12])
        expect(await idsOf({ limit: 9, prefix: aClientId(3) })).toEqual([3])
        expect(await idsOf({ limit: 9, prefix: 'c-1' })).toEqual([])
        expect(await idsOf({ limit: 9, prefix: tens, status: 'active', after: aClientId(0x11) })).toEqual([
          0x12,
        ])
        const among = [3, 0x12, 0x99].map(aClientId)
        expect(await idsOf({ limit: 9, among })).toEqual([3, 0x12])
        expect(await idsOf({ limit: 1, among, after: aClientId(3) })).toEqual([0x12])
        expect(await idsOf({ limit: 9, among: [] })).toEqual([])
      })
    })

    describe('tokens', () => {
      test('tokens of both kinds are found by id and by hash', async () => {
        const tokens = [anOperatorToken(), anEnrolmentToken()]
        await store.commit(tokens.map((token) => ({ kind: 'insert-token', token })))
        for (const token of tokens) {
          expect(await store.tokens.get(token.id)).toEqual(token)
          expect(await store.tokens.find(token.hash)).toEqual(token)
        }
        expect(await store.tokens.find(hex('a guess'))).toBeUndefined()
        expect(await store.tokens.get(`' or '1'='1`)).toBeUndefined()
      })

      test('tokens are listed newest first', async () => {
        const ages = [3, 1, 2].map((age) => anOperatorToken(`tok-${age}`, { createdAt: NOON - age }))
        await store.commit(ages.map((token) => ({ kind: 'insert-token', token })))
        expect((await store.tokens.list()).map(({ id }) => id)).toEqual(['tok-1', 'tok-2', 'tok-3'])
      })

      test('ids and hashes are unique', async () => {
        await store.commit([{ kind: 'insert-token', token: anOperatorToken() }])
        const renewed = anOperatorToken('tok-ada', { hash: hex('another secret') })
        const twin = anOperatorToken('tok-eve', { hash: anOperatorToken().hash })
        for (const token of [anOperatorToken(), renewed, twin])
          expect(await conflictOf({ kind: 'insert-token', token })).toBe(
            `token ${token.id} or its secret is there already`,
          )
        expect(await store.tokens.list()).toEqual([anOperatorToken()])
      })

      test('an enrolment token is spent as often as it has uses', async () => {
        await store.commit([{ kind: 'insert-token', token: anEnrolmentToken('tok-phones', { usesLeft: 2 }) }])
        await store.commit([
          { kind: 'spend-token', id: 'tok-phones' },
          { kind: 'spend-token', id: 'tok-phones' },
        ])
        expect(await conflictOf({ kind: 'spend-token', id: 'tok-phones' })).toBe(
          'enrolment token tok-phones has no use left',
        )
        expect(await store.tokens.get('tok-phones')).toEqual(anEnrolmentToken('tok-phones', { usesLeft: 0 }))
      })

      test('of ten clients that race for three uses, three get in', async () => {
        await store.commit([{ kind: 'insert-token', token: anEnrolmentToken('tok-phones', { usesLeft: 3 }) }])
        const attempts = await Promise.allSettled(
          Array.from({ length: 10 }, (_, index) =>
            store.commit([
              { kind: 'insert-client', client: aClient(index) },
              { kind: 'spend-token', id: 'tok-phones' },
            ]),
          ),
        )
        expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
        expect(await store.clients.active()).toBe(3)
      })

      test('operator tokens and unknown ones cannot be spent', async () => {
        await store.commit([{ kind: 'insert-token', token: anOperatorToken() }])
        await conflictOf({ kind: 'spend-token', id: 'tok-ada' })
        await conflictOf({ kind: 'spend-token', id: 'tok-nobody' })
      })

      const admins = (...ids: string[]) => ids.map((id) => anOperatorToken(id, { role: 'admin' }))

      test('a token is revoked, and again; one of the last admin is not', async () => {
        const tokens = [...admins('tok-1', 'tok-2'), anOperatorToken('tok-3', { role: 'viewer' })]
        await store.commit(tokens.map((token) => ({ kind: 'insert-token', token })))
        for (const id of ['tok-1', 'tok-1', 'tok-3']) await store.commit([{ kind: 'revoke-token', id }])
        expect(await store.tokens.get('tok-1')).toMatchObject({ status: 'revoked', role: 'admin' })
        expect(await store.tokens.get('tok-3')).toMatchObject({ status: 'revoked' })
        expect(await conflictOf({ kind: 'revoke-token', id: 'tok-2' })).toBe(
          'the token tok-2 is the last active one of an admin',
        )
        expect(await store.tokens.get('tok-2')).toMatchObject({ status: 'active' })
      })

      test('of admins that revoke each other at once, one is left', async () => {
        const ids = ['tok-1', 'tok-2', 'tok-3', 'tok-4']
        await store.commit(admins(...ids).map((token) => ({ kind: 'insert-token', token })))
        const attempts = await Promise.allSettled(
          ids.map((id) => store.commit([{ kind: 'revoke-token', id }])),
        )
        expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
      })

      test('revoking neither makes a token nor touches an invitation', async () => {
        await store.commit([{ kind: 'insert-token', token: anEnrolmentToken() }])
        for (const id of [anEnrolmentToken().id, 'tok-nobody'])
          await store.commit([{ kind: 'revoke-token', id }])
        expect(await store.tokens.list()).toEqual([anEnrolmentToken()])
      })
    })

    describe('sessions of the console', () => {
      beforeEach(() => store.commit([{ kind: 'insert-token', token: anOperatorToken() }]))
      const insert = (...sessions: ConsoleSession[]) =>
        store.commit(sessions.map((session) => ({ kind: 'insert-console-session', session })))

      test('are found by id and by hash, whoever they are of', async () => {
        const sessions = [aConsoleSession(), aPersonsSession()]
        await insert(...sessions)
        for (const session of sessions) {
          expect(await store.consoleSessions.get(session.id)).toEqual(session)
          expect(await store.consoleSessions.find(session.hash)).toEqual(session)
        }
        expect(await store.consoleSessions.find(hex('a guess'))).toBeUndefined()
        for (const awkward of AWKWARD) expect(await store.consoleSessions.get(awkward)).toBeUndefined()
      })

      test('keep names and subjects as they were given', async () => {
        const sessions = AWKWARD.map((text, index) =>
          aPersonsSession(`s-${index}`, {
            of: { kind: 'oidc', subject: text, name: text, role: 'admin', terms: text },
          }),
        )
        await insert(...sessions)
        for (const session of sessions) expect(await store.consoleSessions.get(session.id)).toEqual(session)
      })

      test('are listed newest first', async () => {
        await insert(...[3, 1, 2].map((age) => aConsoleSession(`s-${age}`, { createdAt: NOON - age })))
        expect((await store.consoleSessions.list()).map(({ id }) => id)).toEqual(['s-1', 's-2', 's-3'])
      })

      test('have ids and hashes of their own', async () => {
        await insert(aConsoleSession())
        for (const session of [
          aConsoleSession(),
          aConsoleSession('session-ada', { hash: hex('another') }),
          aConsoleSession('session-two', { hash: aConsoleSession().hash }),
        ])
          expect(await conflictOf({ kind: 'insert-console-session', session })).toBe(
            `session ${session.id} or its secret is there already`,
          )
        expect(await store.consoleSessions.list()).toEqual([aConsoleSession()])
      })

      test('of a token that is not there are not kept', async () => {
        const session = aConsoleSession('session-x', { of: { kind: 'token', token: 'tok-nobody' } })
        expect(await conflictOf({ kind: 'insert-console-session', session })).toBe(
          'the token of session session-x is not there',
        )
      })

      test('say when they were seen last, and never an earlier time', async () => {
        await insert(aConsoleSession(), aPersonsSession())
        for (const at of [NOON + 2, NOON + 1])
          await store.commit([{ kind: 'see-console-session', id: 'session-ada', at }])
        expect(await store.consoleSessions.get('session-ada')).toEqual(
          aConsoleSession('session-ada', { seenAt: NOON + 2 }),
        )
        expect(await store.consoleSessions.get('session-eve')).toEqual(aPersonsSession())
      })

      test('end once and for all: being seen does not bring one back', async () => {
        await insert(aConsoleSession(), aPersonsSession())
        for (let time = 0; time < 2; time++)
          await store.commit([{ kind: 'end-console-session', id: 'session-ada' }])
        await store.commit([{ kind: 'see-console-session', id: 'session-ada', at: NOON + 1 }])
        expect(await store.consoleSessions.list()).toEqual([aPersonsSession()])
      })

      test('are forgotten when they expired before an instant, and no others', async () => {
        await insert(
          aConsoleSession('s-1', { expiresAt: NOON - 1 }),
          aConsoleSession('s-2', { expiresAt: NOON }),
          aPersonsSession('s-3', { expiresAt: NOON - 2 }),
        )
        await store.commit([{ kind: 'forget-console-sessions', before: NOON }])
        expect((await store.consoleSessions.list()).map(({ id }) => id)).toEqual(['s-2'])
      })
    })

    describe('leases', () => {
      beforeEach(() =>
        store.commit([
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-task', task: aTask('letters') },
        ]),
      )

      const task = aTaskId()
      const take = (holder: string, forMs = MINUTE, of = task) =>
        store.leases.take({ task: of, holder, forMs })
      const runOut = (holder: string, of = task) =>
        take(holder, 1, of).then((lease) => subject.elapse(20).then(() => lease))

      test('nobody drives a task until its lease is taken', async () => {
        expect(await store.leases.get(task)).toBeUndefined()
        const lease = await take('ada')
        expect(lease).toMatchObject({ task, holder: 'ada', token: 1 })
        expect(await store.leases.get(task)).toEqual(lease)
        expect(await store.leases.get(aTaskId('letters'))).toBeUndefined()
      })

      test('what one process holds another does not get', async () => {
        const lease = await take('ada')
        expect(await take('eve')).toBeUndefined()
        expect(await store.leases.get(task)).toEqual(lease)
        expect(await take('eve', MINUTE, aTaskId('letters'))).toMatchObject({ holder: 'eve', token: 1 })
      })

      test('of many that reach for it at once, one gets it', async () => {
        const reaching = Array.from({ length: 20 }, (_, index) => take(`process ${index}`))
        const taken = (await Promise.all(reaching)).filter((lease) => lease !== undefined)
        expect(taken).toEqual([await store.leases.get(task)])
      })

      test('its holder prolongs it under its token, by taking it again or by renewing', async () => {
        const first = await take('ada')
        const again = await take('ada', 2 * MINUTE)
        await take('ada', MINUTE, aTaskId('letters'))
        const renewed = await store.leases.renew({ holder: 'ada', forMs: 3 * MINUTE })
        expect([again?.token, ...renewed.map(({ token }) => token)]).toEqual([1, 1, 1])
        expect(renewed.map((lease) => lease.task).sort()).toEqual(['digits', 'letters'])
        const kept = await store.leases.get(task)
        expect(again?.expiresAt).toBeGreaterThan(first?.expiresAt ?? Number.NaN)
        expect(kept?.expiresAt).toBeGreaterThan(again?.expiresAt ?? Number.NaN)
        expect(renewed).toContainEqual(kept)
      })

      test('renewing is for as long as was asked, from now', async () => {
        await take('ada')
        await store.leases.renew({ holder: 'ada', forMs: 1 })
        await subject.elapse(20)
        expect(await take('eve')).toMatchObject({ holder: 'eve', token: 2 })
      })

      test('one that ran out is anybody’s, under the next token', async () => {
        await runOut('ada')
        expect(await store.leases.get(task)).toBeUndefined()
        expect(await take('eve')).toMatchObject({ holder: 'eve', token: 2 })
        expect(await take('ada')).toBeUndefined()
      })

      test('one that ran out is not brought back: its holder takes it anew', async () => {
        await runOut('ada')
        expect(await store.leases.renew({ holder: 'ada', forMs: MINUTE })).toEqual([])
        expect(await store.leases.get(task)).toBeUndefined()
        expect(await take('ada')).toMatchObject({ holder: 'ada', token: 2 })
      })

      test('one that was let go is anybody’s at once, and tokens still grow', async () => {
        await take('ada')
        await take('ada', MINUTE, aTaskId('letters'))
        await store.leases.release({ holder: 'eve' })
        expect(await store.leases.get(task)).toMatchObject({ holder: 'ada' })
        await store.leases.release({ holder: 'ada' })
        expect(await store.leases.get(task)).toBeUndefined()
        expect(await store.leases.renew({ holder: 'ada', forMs: MINUTE })).toEqual([])
        expect(await take('eve')).toMatchObject({ holder: 'eve', token: 2 })
        expect(await take('ada', MINUTE, aTaskId('letters'))).toMatchObject({ holder: 'ada', token: 2 })
      })

      test('a commit that needs the lease is written under its token', async () => {
        const lease = await take('ada')
        await store.commit([
          { kind: 'require-lease', task, token: lease?.token ?? 0 },
          { kind: 'save-task', task: aTask('digits', { status: 'paused' }) },
        ])
        expect((await store.tasks.get(task))?.status).toBe('paused')
      })

      test('where the lease is another’s, let go or nobody’s, nothing of the commit is written', async () => {
        const refused = async (token: number, of = task) => {
          const commit = store.commit([
            { kind: 'insert-client', client: aClient() },
            { kind: 'require-lease', task: of, token },
          ])
          await expect(commit).rejects.toEqual(new LeaseLostError(of))
          expect(await store.clients.get(aClientId())).toBeUndefined()
        }
        await refused(1)
        await refused(1, aTaskId('nowhere'))
        await runOut('ada')
        const taken = await take('eve')
        await refused(1)
        await refused(3)
        expect(taken?.token).toBe(2)
        await store.leases.release({ holder: 'eve' })
        await refused(2)
      })

      test('a lease that ran out still fences while nobody else has taken it', async () => {
        await runOut('ada')
        await store.commit([
          { kind: 'require-lease', task, token: 1 },
          { kind: 'insert-client', client: aClient() },
        ])
        expect(await store.clients.get(aClientId())).toEqual(aClient())
      })

      test('a lease needs its task, and a time', async () => {
        await expect(take('ada', MINUTE, aTaskId('nowhere'))).rejects.toEqual(
          new ConflictError('there is no task nowhere'),
        )
        for (const forMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
          await expect(take('ada', forMs)).rejects.toThrow(RangeError)
          await expect(store.leases.renew({ holder: 'ada', forMs })).rejects.toThrow(RangeError)
        }
      })

      test.each(AWKWARD)('the holder %j is only a name', async (holder) => {
        expect(await take(holder)).toMatchObject({ holder, token: 1 })
        expect(await store.leases.get(task)).toMatchObject({ holder })
        expect(await store.leases.renew({ holder, forMs: MINUTE })).toHaveLength(1)
        await store.leases.release({ holder })
        expect(await store.leases.get(task)).toBeUndefined()
      })
    })

    describe('replies', () => {
      test('a key is unique within its scope', async () => {
        await store.commit([{ kind: 'insert-reply', reply: aReply() }])
        expect(await store.reply(aReply().scope, aReply().key)).toEqual(aReply())
        expect(await conflictOf({ kind: 'insert-reply', reply: aReply({ resource: 'letters' }) })).toBe(
          'the idempotency key "k-1" is taken in tok-ada POST /api/v1/tasks',
        )
        await store.commit([{ kind: 'insert-reply', reply: aReply({ scope: 'tok-eve POST /api/v1/tasks' }) }])
        expect(await store.reply('tok-zoe POST /api/v1/tasks', 'k-1')).toBeUndefined()
      })

      test.each(AWKWARD)('the key %j is only a key', async (key) => {
        await store.commit([{ kind: 'insert-reply', reply: aReply({ key, scope: key }) }])
        expect(await store.reply(key, key)).toEqual(aReply({ key, scope: key }))
        expect(await store.reply(key, `${key} `)).toBeUndefined()
      })
    })

    describe('replies that are old', () => {
      test('are forgotten where they are from before an instant; their keys may come anew', async () => {
        const replies = [NOON - 1, NOON, NOON + 1].map((at) => aReply({ key: `k-${at}`, at }))
        await store.commit(replies.map((reply) => ({ kind: 'insert-reply', reply })))
        await store.commit([{ kind: 'forget-replies', before: NOON }])
        const left = await Promise.all(replies.map(({ scope, key }) => store.reply(scope, key)))
        expect(left).toEqual([undefined, replies[1], replies[2]])
        const again = aReply({ key: `k-${NOON - 1}`, at: NOON + 9, resource: 'letters' })
        await store.commit([{ kind: 'insert-reply', reply: again }])
        expect(await store.reply(again.scope, again.key)).toEqual(again)
      })
    })

    describe('what is said in a session', () => {
      const round = aRoundId('digits', 1)
      const rows = [aSessionRow(), aSessionRow(1), aSessionRecord(0), aSessionRecord(1), aSessionRecord(2)]
      const saying = rows.map((row): Change => ({ kind: 'insert-session-row', round, row }))
      beforeEach(() =>
        store.commit([
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-round', round: aSelecting('digits', 1) },
        ]),
      )
      const inOrder = async () =>
        (await store.sessions.ofRound(round)).map((row) => JSON.stringify(row)).sort()

      test('is kept as it was said, and once', async () => {
        expect(await store.sessions.ofRound(round)).toEqual([])
        await store.commit(saying)
        expect(await inOrder()).toEqual(rows.map((row) => JSON.stringify(row)).sort())
        for (const again of saying)
          expect(await conflictOf(again)).toBe(`this was said already in the session of round ${round}`)
      })

      test('[R27] is kept with one record for each group: the first of several is where that of one alone would be', async () => {
        await store.commit(saying)
        const read = createRows(await store.sessions.ofRound(round))
        expect([0, 1, 2, 3].map((group) => read.session(group)?.group)).toEqual([0, 1, 2, undefined])
        expect(rowsOfGroup(read, 2).session()).toEqual(aSessionRecord(2))
        const alone: Change = { kind: 'insert-session-row', round, row: aSessionRecord() }
        expect(await conflictOf(alone)).toBe(`this was said already in the session of round ${round}`)
      })

      test('is erased whole, and again without harm', async () => {
        await store.commit(saying)
        for (let times = 0; times < 2; times++) {
          await store.commit([{ kind: 'erase-session', round }])
          expect(await store.sessions.ofRound(round)).toEqual([])
        }
      })

      test('needs its round', async () => {
        const nowhere = aRoundId('digits', 9)
        expect(await conflictOf({ kind: 'insert-session-row', round: nowhere, row: aSessionRow() })).toBe(
          `there is no round ${nowhere}`,
        )
      })
    })

    describe('a privacy ledger', () => {
      test('is the last one that was saved, and needs its task', async () => {
        const task = aTaskId()
        await store.commit([{ kind: 'insert-task', task: aTask() }])
        expect(await store.ledgers.get(task)).toBeUndefined()
        for (const rounds of [1, 2]) {
          await store.commit([{ kind: 'save-ledger', task, ledger: aLedger(rounds) }])
          expect(await store.ledgers.get(task)).toEqual(aLedger(rounds))
        }
        expect(await conflictOf({ kind: 'save-ledger', task: aTaskId('nowhere'), ledger: aLedger() })).toBe(
          'there is no task nowhere',
        )
      })
    })

    describe('identity', () => {
      test('whose the tables are is said once, and not at first', async () => {
        expect(await store.identity()).toBeUndefined()
        await store.commit([{ kind: 'insert-identity', coordinator: 'coordinator-1' }])
        for (const coordinator of ['coordinator-1', 'coordinator-2'])
          expect(await conflictOf({ kind: 'insert-identity', coordinator })).toBe(
            'the tables are a coordinator’s already',
          )
        expect(await store.identity()).toBe('coordinator-1')
      })

      test('of two that say so at once, one does', async () => {
        const said = await Promise.allSettled(
          ['coordinator-1', 'coordinator-2'].map((coordinator) =>
            store.commit([{ kind: 'insert-identity', coordinator }]),
          ),
        )
        expect(said.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
        const first = said[0]?.status === 'fulfilled' ? 'coordinator-1' : 'coordinator-2'
        expect(await store.identity()).toBe(first)
      })
    })

    describe('audit', () => {
      test('entries are chained in the order of their commits', async () => {
        await store.commit([
          { kind: 'append-audit', entry: anEntry({ subject: 'one' }) },
          { kind: 'append-audit', entry: anEntry({ subject: 'two' }) },
        ])
        await store.commit([{ kind: 'append-audit', entry: anEntry({ subject: 'three' }) }])
        const records = await store.audit({ limit: 10 })
        expect(records.map(({ sequence, subject }) => [sequence, subject])).toEqual([
          [1, 'one'],
          [2, 'two'],
          [3, 'three'],
        ])
        expect(verifyAudit(records)).toEqual({
          kind: 'intact',
          head: { sequence: 3, hash: records[2]?.hash },
        })
      })

      test('awkward text and every kind of detail come back as they were, and verify', async () => {
        const detail = {
          text: AWKWARD.join('|'),
          number: -0.1,
          yes: true,
          nothing: null,
          '10': 'first',
          '9': 'b',
        }
        await store.commit(
          AWKWARD.map((text) => ({
            kind: 'append-audit',
            entry: anEntry({ actor: text, action: text, subject: text, detail: { ...detail, [text]: text } }),
          })),
        )
        await store.commit([
          { kind: 'append-audit', entry: anEntry({ actor: 'half \ud83d', subject: '\udc00' }) },
        ])
        const records = await store.audit({ limit: 100 })
        expect(verifyAudit(records)).toMatchObject({ kind: 'intact' })
        expect(records.slice(0, -1).map(({ actor }) => actor)).toEqual(AWKWARD)
        expect(records[0]?.detail).toEqual({ ...detail, [`${AWKWARD[0]}`]: AWKWARD[0] })
      })

      test('pages go forward from a sequence and verify from its hash', async () => {
        const entries = Array.from({ length: 7 }, (_, i) => anEntry({ subject: `${i + 1}` }))
        await Promise.all(entries.map((entry) => store.commit([{ kind: 'append-audit', entry }])))
        const first = await store.audit({ limit: 4 })
        const second = await store.audit({ limit: 4, after: 4 })
        expect([...first, ...second].map(({ subject }) => subject)).toEqual(entries.map((e) => e.subject))
        const start = verifyAudit(first)
        if (start.kind === 'broken') throw new Error(`broken at ${start.sequence}`)
        expect(verifyAudit(second, start.head)).toMatchObject({ kind: 'intact', head: { sequence: 7 } })
      })

      test('a commit that conflicts leaves no gap', async () => {
        await store.commit([{ kind: 'append-audit', entry: anEntry() }])
        await conflictOf(
          { kind: 'append-audit', entry: anEntry({ action: 'lost' }) },
          { kind: 'spend-token', id: 'nobody' },
        )
        await store.commit([{ kind: 'append-audit', entry: anEntry({ action: 'kept' }) }])
        const records = await store.audit({ limit: 10 })
        expect(records.map(({ action }) => action)).toEqual(['create-task', 'kept'])
        expect(verifyAudit(records).kind).toBe('intact')
      })
    })

    describe('commits', () => {
      test('a commit whose last change conflicts leaves nothing', async () => {
        await store.commit([{ kind: 'insert-client', client: aClient(0) }])
        await conflictOf(
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-round', round: aSelecting() },
          { kind: 'save-member', member: anInvited() },
          { kind: 'insert-round-key', key: aRoundKey() },
          { kind: 'insert-token', token: anOperatorToken() },
          { kind: 'insert-reply', reply: aReply() },
          { kind: 'append-audit', entry: anEntry() },
          { kind: 'insert-client', client: aClient(0) },
        )
        expect(await store.tasks.list({ limit: 9 })).toEqual([])
        expect(await store.rounds.unsettled()).toEqual([])
        expect(await store.members.ofRound(aRoundId())).toEqual([])
        expect(await store.models.latest(aTaskId())).toBeUndefined()
        expect(await store.roundKey(aRoundId())).toBeUndefined()
        expect(await store.tokens.list()).toEqual([])
        expect(await store.reply(aReply().scope, aReply().key)).toBeUndefined()
        expect(await store.audit({ limit: 9 })).toEqual([])
      })

      test('changes are written in order, so later ones may rest on earlier ones', async () => {
        await store.commit([
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-model', model: aModel('digits', 2) },
          {
            kind: 'insert-round',
            round: { ...aSelecting(), base: { version: aVersion(2), digest: aDigest('weights 2') } },
          },
          { kind: 'save-member', member: anInvited() },
        ])
        await conflictOf(
          { kind: 'insert-round', round: aSelecting('letters') },
          { kind: 'insert-task', task: aTask('letters') },
        )
      })

      test('of commits issued together, one that conflicts does not take the others with it', async () => {
        const names = ['a', 'b', 'a', 'c', 'b', 'd']
        const outcomes = await Promise.allSettled(
          names.map((id) => store.commit([{ kind: 'insert-task', task: aTask(id) }])),
        )
        expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
          true,
          true,
          false,
          true,
          false,
          true,
        ])
        expect((await store.tasks.list({ limit: 9 })).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
      })

      test('commits are written in the order in which they were issued', async () => {
        const states = ['active', 'paused', 'active', 'finished'] as const
        await Promise.all(
          states.map((status) => store.commit([{ kind: 'save-task', task: aTask('digits', { status }) }])),
        )
        expect((await store.tasks.get(aTaskId()))?.status).toBe('finished')
      })

      test('a commit of nothing is harmless', async () => {
        await store.commit([])
      })

      test('what is read is a copy: changing it changes nothing kept', async () => {
        await store.commit([{ kind: 'insert-task', task: aTask() }])
        const task = await store.tasks.get(aTaskId())
        if (task) task.file.plan.epochs = 99
        expect(await store.tasks.get(aTaskId())).toEqual(aTask())
      })

      test('what was passed in may be changed as soon as the commit is answered', async () => {
        const key = aRoundKey()
        const sealed = [...key.sealedSecret]
        await store.commit([
          { kind: 'insert-task', task: aTask() },
          { kind: 'insert-model', model: aModel() },
          { kind: 'insert-round', round: aSelecting() },
          { kind: 'insert-round-key', key },
        ])
        key.sealedSecret.fill(0)
        expect([...((await store.roundKey(aRoundId()))?.sealedSecret ?? [])]).toEqual(sealed)
      })

      test.each([0, -1, 1.5, Number.NaN])('a page of %d entries is refused', async (limit) => {
        await expect(async () => store.tasks.list({ limit })).rejects.toThrow(RangeError)
      })

      test('a closed store says so, and closing again is harmless', async () => {
        await store.close()
        await store.close()
        await expect(store.commit([{ kind: 'insert-task', task: aTask() }])).rejects.toThrow('closed')
        await expect(store.tasks.get(aTaskId())).rejects.toThrow('closed')
      })

      test('a commit issued before closing is written', async () => {
        const commit = store.commit([{ kind: 'insert-task', task: aTask() }])
        await store.close()
        await commit
      })
    })

    test('everything that was committed is there when the store is opened again', async (context) => {
      if (!subject.reopen) return context.skip('a store in memory ends with its process')
      const key = aRoundKey()
      await store.commit([
        { kind: 'insert-task', task: aTask() },
        { kind: 'insert-model', model: aModel() },
        { kind: 'insert-round', round: aTraining() },
        { kind: 'insert-round-key', key },
        { kind: 'insert-client', client: aClient() },
        { kind: 'insert-token', token: anEnrolmentToken() },
        { kind: 'insert-console-session', session: aPersonsSession() },
        { kind: 'insert-reply', reply: aReply() },
        { kind: 'append-audit', entry: anEntry() },
        ...Array.from({ length: 50 }, (_, i): Change => ({ kind: 'save-member', member: aReceived(i) })),
      ])
      await store.leases.take({ task: aTaskId(), holder: 'ada', forMs: MINUTE })
      const before = await everything(store)
      store = await subject.reopen()
      expect(await everything(store)).toEqual(before)
      expect(before.members).toHaveLength(50)
      expect(before.lease?.holder).toBe('ada')
      await store.commit([{ kind: 'append-audit', entry: anEntry() }])
      expect(verifyAudit(await store.audit({ limit: 9 }))).toMatchObject({
        kind: 'intact',
        head: { sequence: 2 },
      })
    })
  })
}

const everything = async (store: Store) => ({
  lease: await store.leases.get(aTaskId()),
  tasks: await store.tasks.list({ limit: 100 }),
  models: await store.models.list(aTaskId(), { limit: 100 }),
  rounds: await store.rounds.list(aTaskId(), { limit: 100 }),
  members: await store.members.ofRound(aRoundId()),
  key: await store.roundKey(aRoundId()),
  clients: await store.clients.list({ limit: 100 }),
  tokens: await store.tokens.list(),
  consoleSessions: await store.consoleSessions.list(),
  reply: await store.reply(aReply().scope, aReply().key),
  audit: await store.audit({ limit: 100 }),
})
