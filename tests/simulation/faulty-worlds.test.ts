import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { brokenLaws } from './broken-laws.ts'
import { runWorld } from './faulty-world.ts'
import { regressionSeeds } from './regression-seeds.ts'
import { replayCommand } from './replay.ts'

const BATCH = { from: 1, count: 100 }

test(`nothing is lost in worlds ${BATCH.from} to ${BATCH.from + BATCH.count - 1}, whatever fails and whenever the process is killed`, async () => {
  const broken: string[] = []
  const seen = { completed: 0, abandoned: 0, restarts: 0, faults: 0, powerCuts: 0 }
  for (let seed = BATCH.from; seed < BATCH.from + BATCH.count; seed++) {
    const { violation, rounds, restarts, faults, powerCuts } = await runWorld(seed)
    if (violation) broken.push(`${violation.message}\n  replay: ${replayCommand(seed)}`)
    seen.completed += rounds.completed
    seen.abandoned += rounds.abandoned
    seen.restarts += restarts
    seen.faults += faults
    seen.powerCuts += powerCuts
  }
  expect(broken).toEqual([])
  // Worlds in which nothing went wrong would prove nothing.
  expect(seen.completed).toBeGreaterThan(2 * BATCH.count)
  expect(seen.abandoned).toBeGreaterThan(BATCH.count / 4)
  expect(seen.restarts).toBeGreaterThan(BATCH.count)
  expect(seen.faults).toBeGreaterThan(2 * BATCH.count)
  expect(seen.powerCuts).toBeGreaterThan(BATCH.count / 4)
}, 120_000)

const SECURE = 20

test(`nobody’s masked vector is lost, counted twice or opened in worlds 1 to ${SECURE}, all of secure rounds`, async () => {
  const broken: string[] = []
  let completed = 0
  for (let seed = 1; seed <= SECURE; seed++) {
    const { violation, rounds } = await runWorld(seed, { privacy: 'secure' })
    if (violation) broken.push(`${violation.message}\n  replay: ${replayCommand(seed, 'secure')}`)
    completed += rounds.completed
  }
  expect(broken).toEqual([])
  expect(completed).toBeGreaterThan(2 * SECURE)
}, 240_000)

const BUFFERED = 40

test(`each acknowledged update is in one version, by its age, in worlds 1 to ${BUFFERED}, all of buffered rounds`, async () => {
  const broken: string[] = []
  let [completed, carried] = [0, 0]
  for (let seed = 1; seed <= BUFFERED; seed++) {
    const { violation, rounds, takenOver } = await runWorld(seed, { privacy: 'buffered' })
    if (violation) broken.push(`${violation.message}\n  replay: ${replayCommand(seed, 'buffered')}`)
    completed += rounds.completed
    carried += takenOver
  }
  expect(broken).toEqual([])
  expect(completed).toBeGreaterThan(2 * BUFFERED)
  // Where every update came in the round that asked for it, nothing would have been buffered.
  expect(carried).toBeGreaterThan(BUFFERED)
}, 240_000)

test.each(regressionSeeds)(
  'world $seed, in which $found, breaks no law',
  async ({ seed, privacy = 'sealed' }) => {
    expect((await runWorld(seed, { privacy })).violation).toBeUndefined()
  },
)

const traceOf = async (seed: number, options: Parameters<typeof runWorld>[1] = {}) => {
  const lines: string[] = []
  const { digest } = await runWorld(seed, { ...options, trace: (line) => lines.push(line) })
  return { lines, digest }
}

// One on a disk that forgets, one in memory, and one that ends in a violation.
test.each([
  { seed: 3, breakage: {} },
  { seed: 4, breakage: {} },
  { seed: 1, breakage: brokenLaws[0]?.breakage ?? {} },
])('world $seed repeats from its seed, line by line', async ({ seed, breakage }) => {
  const [once, again, other] = [
    await traceOf(seed, { breakage }),
    await traceOf(seed, { breakage }),
    await traceOf(seed + 1),
  ]
  expect(once.lines.length).toBeGreaterThan(20)
  expect(again).toEqual(once)
  expect(other.digest).not.toBe(once.digest)
})

test('the command that a violation names runs the same world in another process', async () => {
  const [, ...words] = replayCommand(3).split('--')
  const options = words.flatMap((word) => `--${word}`.trim().split(' ')).filter((word) => word !== '--')
  const script = fileURLToPath(new URL('./run-worlds.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', script, ...options],
    { maxBuffer: 1e8 },
  )
  expect(stdout).toContain(`trace ${(await runWorld(3)).digest}`)
}, 120_000)
