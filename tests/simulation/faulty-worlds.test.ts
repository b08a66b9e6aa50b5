import { expect, test } from 'vitest'
import { runWorld } from './faulty-world.ts'

const BATCH = { from: 1, count: 60 }

test(`nothing is lost in worlds ${BATCH.from} to ${BATCH.from + BATCH.count - 1}, whatever fails and whenever the process is killed`, async () => {
  const broken: string[] = []
  const seen = { completed: 0, abandoned: 0, restarts: 0 }
  for (let seed = BATCH.from; seed < BATCH.from + BATCH.count; seed++) {
    const { violation, rounds, restarts } = await runWorld(seed)
    if (violation)
      broken.push(`${violation.message}\n  replay: npm run test:worlds -- --seed ${seed} --trace`)
    seen.completed += rounds.completed
    seen.abandoned += rounds.abandoned
    seen.restarts += restarts
  }
  expect(broken).toEqual([])
  // Worlds in which nothing went wrong would prove nothing.
  expect(seen.completed).toBeGreaterThan(2 * BATCH.count)
  expect(seen.abandoned).toBeGreaterThan(BATCH.count / 4)
  expect(seen.restarts).toBeGreaterThan(BATCH.count / 2)
}, 120_000)

test('a world with faults repeats from its seed, line by line', async () => {
  const history = async (seed: number) => {
    const lines: string[] = []
    await runWorld(seed, { trace: (line) => lines.push(line) })
    return lines
  }
  const [once, again, other] = [await history(2), await history(2), await history(3)]
  expect(once.length).toBeGreaterThan(50)
  expect(again).toEqual(once)
  expect(other).not.toEqual(once)
})
