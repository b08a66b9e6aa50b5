/** What a simulation costs grows with the cohort, and not with how many are registered. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openSqliteStore } from '@tributary/coordinator'
import { expect, test } from 'vitest'
import type { NoopRun, Shape } from '../bench/noop-run.ts'
import { runNoop } from '../bench/noop-run.ts'

type Store = Awaited<ReturnType<typeof openSqliteStore>>

test('ten thousand registered clients are simulated within 1 GB', async () => {
  const shape: Shape = { registered: 10_000, sampled: 100, parameters: 10_000, rounds: 2 }
  const script = fileURLToPath(new URL('../bench/noop-run.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=source',
    script,
    JSON.stringify(shape),
  ])
  const { rounds, peakMb }: NoopRun = JSON.parse(stdout)
  expect(rounds).toHaveLength(2)
  expect(peakMb).toBeGreaterThan(50)
  expect(peakMb).toBeLessThan(1_024)
}, 120_000)

test('a round asks the tables as often for twenty of a thousand as for twenty of fifty', async () => {
  const asked = async (registered: number) => {
    const before = await questions({ registered, rounds: 1 })
    const after = await questions({ registered, rounds: 4 })
    return { all: (after.all - before.all) / 3, ofEveryone: (after.ofEveryone - before.ofEveryone) / 3 }
  }
  const [few, many] = [await asked(50), await asked(1_000)]
  // Of fifty, two in five stay on the line for the next round, and say less.
  expect(many.all).toBeLessThan(2 * few.all)
  // Counting who is registered reads all of them: once to begin a round, and never for a client.
  expect(many.ofEveryone).toBeLessThanOrEqual(2)
}, 120_000)

/** How often the tables were asked or written in all rounds of a run, and how often for something that takes all clients to answer. */
const questions = async ({ registered, rounds }: Pick<Shape, 'registered' | 'rounds'>) => {
  const store = await openSqliteStore({ path: ':memory:' })
  const counts = { all: 0, ofEveryone: 0 }
  const counting = <Table extends object>(table: Table, ofEveryone: readonly string[] = []): Table =>
    new Proxy(table, {
      get(target, name) {
        const call: unknown = Reflect.get(target, name)
        if (typeof call !== 'function') return call
        return (...given: unknown[]) => {
          counts.all += 1
          if (ofEveryone.includes(String(name))) counts.ofEveryone += 1
          return call(...given)
        }
      },
    })
  const counted: Store = counting({
    ...store,
    tasks: counting(store.tasks),
    rounds: counting(store.rounds),
    members: counting(store.members),
    models: counting(store.models),
    clients: counting(store.clients, ['active', 'list']),
  })
  await runNoop({ registered, sampled: 20, parameters: 1_000, rounds }, counted)
  return counts
}
