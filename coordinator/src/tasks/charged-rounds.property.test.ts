/** What must hold of a task's ledger whatever fails: over the engine, and two handles on one real database. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePublicKey } from '@tributary/protocols/crypto'
import { openLedger, ruleOfSpec, spentOf } from '@tributary/protocols/privacy'
import { virtualClock } from '@tributary/protocols/runtime'
import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aClientId, aDigest, aModel, aTask, NOON } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import { StorageError } from '../faults/storage.ts'
import type { Change, Store } from '../ports/store.ts'
import { isRefusal } from '../refusal.ts'
import { aPolicy, aReceipt } from '../round/round.builders.ts'
import { isOpen } from '../round/round.ts'
import { NOTHING_BESIDE } from '../round/secure-training.ts'
import { createBeginRound } from './begin-round.ts'

const clients = Array.from({ length: 3 }, (_, i) => aClientId(i))
/** Allows four rounds of z = 2, whatever the order of what happens. */
const EPSILON = 4.6
const ROUNDS_ALLOWED = 4

const task = aTask('digits', {
  file: {
    cohort: { target: 3, quorum: 3 },
    privacy: {
      mode: 'sealed',
      differentialPrivacy: {
        mechanism: 'central',
        budget: { epsilon: EPSILON, delta: 1e-5 },
        participation: { most: 50 },
        noiseMultiplier: 2,
        clipping: { kind: 'fixed', clipNorm: 1 },
      },
    },
  },
})

type Fault = 'none' | 'nothing was saved' | 'the answer was lost'

/** A process of the coordinator: it knows what the tables say and nothing else. */
const aProcess = (store: Store) => {
  let fault: Fault = 'none'
  const unreliable: Store = {
    ...store,
    async commit(changes: readonly Change[]) {
      const now = fault
      fault = 'none'
      if (now === 'nothing was saved') throw new StorageError(now)
      await store.commit(changes)
      if (now === 'the answer was lost') throw new StorageError(now)
    },
  }
  const clock = virtualClock(NOON)
  const anEngine = (): Engine =>
    createEngine({
      clock,
      store: unreliable,
      policyOf: async () => aPolicy({ target: 3, quorum: 3, wanted: 3 }),
      means: NOTHING_BESIDE.means,
      fence: () => [],
      lost: () => {},
      perform: async () => {},
      deadline: async () => {},
      saved: () => {},
      ended: () => {},
      fault: () => {},
    })
  let engine = anEngine()
  const latest = () => store.rounds.latest(task.id)
  return {
    begin: async (next: Fault) => {
      fault = next
      const begin = createBeginRound({ clock, store: unreliable, engine, began: () => {} })
      const begun = await begin(task.id, { actor: 'schedule', also: () => [] }).catch((error: unknown) => {
        if (!(error instanceof StorageError)) throw error
      })
      fault = 'none'
      return begun
    },
    async kill() {
      await engine.stop()
      engine = anEngine()
    },
    async abandon() {
      const round = await latest()
      if (!round || !isOpen(round)) return
      const why = { reason: 'operator', detail: 'enough', by: 'tok-ada' } as const
      await engine.dispatch(round.id, { type: 'abandon-requested', ...why })
    },
    async release() {
      const round = await latest()
      if (!round || !isOpen(round)) return
      const publicKey = encodePublicKey(new Uint8Array(32).fill(9))
      await engine.dispatch(round.id, { type: 'cohort-drawn', clients, publicKey })
      for (const client of clients)
        await engine.dispatch(round.id, { type: 'update-received', client, receipt: aReceipt() })
      const weights = { digest: aDigest(`weights of ${round.id}`), bytes: 24 }
      await engine.dispatch(round.id, { type: 'aggregated', weights, examples: 3, metrics: {} })
    },
  }
}

const hold = async (store: Store) => {
  const rounds = await store.rounds.list(task.id, { limit: 100 })
  const spec = promisedPrivacyOf(task.file)
  if (!spec) throw new Error('the task promises privacy')
  const ledger = (await store.ledgers.get(task.id)) ?? openLedger(spec.budget, ruleOfSpec(spec))
  const charged = ledger.charged.flatMap(({ rounds: set }) =>
    set.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
  )
  // Each round once, and nothing that is no round: a charge is saved with its round or not at all.
  expect(charged.toSorted((a, b) => a - b)).toEqual(
    rounds.map(({ number }) => number).toSorted((a, b) => a - b),
  )
  const spent = spentOf(ledger)
  expect(spent.epsilon).toBeLessThanOrEqual(EPSILON)
  if (rounds[0]) expect(rounds[0].privacy).toEqual(spent)
  for (const { origin } of await store.models.list(task.id, { limit: 100 }))
    if (origin.kind === 'round') {
      const round = rounds.find(({ id }) => id === origin.round)
      expect(round?.privacy).toBeDefined()
      expect(origin.privacy).toEqual(round?.privacy)
    }
}

const fault = fc.constantFrom<Fault>('none', 'none', 'nothing was saved', 'the answer was lost')
const step = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), by: fc.nat(1), fault }),
  fc.record({ kind: fc.constant('race' as const), faults: fc.tuple(fault, fault) }),
  fc.record({ kind: fc.constantFrom('kill', 'abandon', 'release'), by: fc.nat(1) }),
)

test('no round is charged twice or lost, no version comes of a round that was not charged, and the budget is never passed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const folder = await mkdtemp(join(tmpdir(), 'tributary-charges-'))
      const path = join(folder, 'tributary.sqlite')
      const stores = [await openSqliteStore({ path }), await openSqliteStore({ path })] as const
      try {
        await stores[0].commit([
          { kind: 'insert-task', task },
          { kind: 'insert-model', model: aModel() },
        ])
        const processes = stores.map(aProcess)
        for (const step of steps) {
          const process = 'by' in step ? processes[step.by] : undefined
          if (step.kind === 'begin' && 'fault' in step) await process?.begin(step.fault)
          else if (step.kind === 'race' && 'faults' in step)
            await Promise.all(processes.map((each, i) => each.begin(step.faults[i] ?? 'none')))
          else if (step.kind === 'kill') await process?.kill()
          else if (step.kind === 'abandon') await process?.abandon()
          else if (step.kind === 'release') await process?.release()
          for (const store of stores) await hold(store)
        }
        for (const process of processes) await process.kill()
      } finally {
        for (const store of stores) await store.close()
        await rm(folder, { recursive: true })
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)

test('once the budget is spent no further round begins, however often one is asked for', async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([
    { kind: 'insert-task', task },
    { kind: 'insert-model', model: aModel() },
  ])
  const process = aProcess(store)
  for (let number = 1; number <= ROUNDS_ALLOWED; number++) {
    expect(await process.begin('none')).toMatchObject({ number })
    if (number % 2 === 0) await process.abandon()
    else await process.release()
  }
  for (let again = 0; again < 3; again++) {
    const refused = await process.begin('none')
    expect(isRefusal(refused) && refused.refused).toBe('privacy-budget')
    await process.kill()
  }
  expect((await store.rounds.latest(task.id))?.number).toBe(ROUNDS_ALLOWED)
  await store.close()
})
