import { charge, type PrivacyLedger } from '@tributary/protocols/privacy'
import { describe, expect, inject, test } from 'vitest'
import { aModel, anAbandoned, aSelecting, aTask } from '../adapters/contracts/arrange.ts'
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts'
import { aSchema } from '../adapters/postgres/schema-under-test.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal } from '../refusal.ts'
import { chargeRound } from '../tasks/charge-round.ts'
import { run, runJson } from './command-line.builders.ts'
import { aHome } from './data-folder.builders.ts'

const noised = (epsilon: number) =>
  aTask('digits', {
    file: {
      privacy: {
        mode: 'sealed',
        differentialPrivacy: {
          mechanism: 'central',
          budget: { epsilon, delta: 1e-5 },
          participation: { most: 50 },
          noiseMultiplier: 2,
          clipping: { kind: 'fixed', clipNorm: 1 },
        },
      },
    },
  })

/** Keeps a task of which so many rounds were charged, each of them abandoned. */
const keep = async (store: Store, task: ReturnType<typeof noised>, rounds: number) => {
  await store.commit([
    { kind: 'insert-task', task },
    { kind: 'insert-model', model: aModel() },
  ])
  let ledger: PrivacyLedger | undefined
  for (let number = 1; number <= rounds; number++) {
    const charged = chargeRound(task.file, ledger, number)
    if (!charged || isRefusal(charged)) throw new Error('the budget allows it')
    ledger = charged.ledger
    await store.commit([
      { kind: 'insert-round', round: aSelecting('digits', number) },
      { kind: 'save-ledger', task: task.id, ledger },
      { kind: 'save-round', round: anAbandoned('digits', number) },
    ])
  }
  await store.close()
  return ledger
}

/** A store with such a task, and the flags that lead a command to it. */
type Kept = AsyncDisposable & { ledger: PrivacyLedger | undefined; flags: string[] }

const inFolder = async (task = noised(4.6), rounds = 0): Promise<Kept> => {
  const made = await aHome()
  const running = await made.serve()
  await running.close()
  const data = made.at('live')
  const store = await openSqliteStore({ path: `${data}/tributary.sqlite` })
  return { ...made, ledger: await keep(store, task, rounds), flags: ['--data', data] }
}

const onServer = async (task = noised(4.6), rounds = 0): Promise<Kept> => {
  const schema = await aSchema()
  const address = new URL(inject('postgresUrl'))
  address.searchParams.set('schema', schema.schema)
  return {
    ledger: await keep(await openPostgresStore(schema), task, rounds),
    flags: ['--database', address.href],
    [Symbol.asyncDispose]: () => schema.drop(),
  }
}

describe.each([
  ['SQLite', inFolder],
  ['PostgreSQL', onServer],
])('on %s', (_, home) => {
  test('a ledger shows what is spent, for which rounds, and how many are left', async () => {
    await using here = await home(noised(4.6), 3)
    const { flags, ledger } = here
    const report = await runJson(['privacy', 'ledger', '--task', 'digits', ...flags])
    expect(report).toMatchObject({
      task: 'digits',
      mechanism: 'central',
      budget: { epsilon: 4.6, delta: 1e-5 },
      spent: { delta: 1e-5, relation: 'zero-out', rounds: 3 },
      charged: [{ noise: { kind: 'gaussian', multiplier: 2 }, rounds: [{ first: 1, last: 3 }] }],
      roundsLeft: 1,
    })
    const { out } = await run('privacy', 'ledger', '--task', 'digits', ...flags)
    expect(out).toContain('1–3: gaussian, multiplier 2')
    expect(out).toContain('Rounds left: 1')
    // As the next charge finds it.
    if (!ledger) throw new Error('there is a ledger')
    const noise = { kind: 'gaussian', multiplier: 2 } as const
    const next = charge(ledger, { round: 4, noise })
    expect(next.kind === 'charged' && charge(next.ledger, { round: 5, noise }).kind).toBe('refused')
  })

  test('before the first round nothing is spent; when none is left the exit code says so', async () => {
    {
      await using here = await home()
      const { flags } = here
      const { code, out } = await run('privacy', 'ledger', '--task', 'digits', ...flags)
      expect([code, out]).toEqual([0, expect.stringContaining('Spent: nothing\nRounds charged: none')])
    }
    await using here = await home(noised(4.6), 4)
    const { flags } = here
    expect(await runJson(['privacy', 'ledger', '--task', 'digits', ...flags], 1)).toMatchObject({
      roundsLeft: 0,
    })
  })

  test('a task that promises nothing, none at all, and no name are told apart', async () => {
    await using here = await home(aTask())
    const { flags } = here
    const plain = await run('privacy', 'ledger', '--task', 'digits', ...flags)
    expect([plain.code, plain.out]).toEqual([1, expect.stringContaining('promises no differential privacy')])
    const none = await run('privacy', 'ledger', '--task', 'letters', ...flags)
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('there is no task letters')])
    const unnamed = await run('privacy', 'ledger', ...flags)
    expect([unnamed.code, unnamed.err]).toEqual([2, expect.stringContaining('--task must name a task')])
  })
})
