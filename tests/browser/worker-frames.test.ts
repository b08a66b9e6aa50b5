import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { FramesTask } from './frames-training.ts'
import type { Drawn, InPage, Where } from './page/frames.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 120_000 })
let stage: Stage
let page: Page
beforeAll(async () => {
  stage = await setStage(new URL('./page/frames.ts', import.meta.url), {
    workers: [new URL('./page/frames-worker.ts', import.meta.url)],
  })
  page = await stage.browser.newPage()
  await page.goto(stage.site.origin)
  await page.waitForFunction(() => 'frames' in globalThis)
})
afterAll(() => stage?.[Symbol.asyncDispose]())

/** Of each training, and of drawing alone before it. */
const SECONDS = 1.5
const PAIRS = 5
/** What else this machine does takes frames too, and is not there three times in a row. */
const ATTEMPTS = 3
/** Share of its frames that a page may lose to a training. */
const MOST_DROPPED = 0.05

test('a page that trains in a worker draws as it does alone; in one go on its own thread it does not', async () => {
  expect(await costUnder(MOST_DROPPED, 'in a worker', 'long batches')).toBeLessThan(MOST_DROPPED)
  expect(await costOf('in one go', 'long batches', 1)).toBeGreaterThan(10 * MOST_DROPPED)
})

test('a page without a worker draws on while it trains in slices, where a batch is shorter than a frame', async () => {
  expect(await costUnder(MOST_DROPPED, 'in slices', 'short batches')).toBeLessThan(MOST_DROPPED)
  expect(await costOf('in one go', 'short batches', 1)).toBeGreaterThan(10 * MOST_DROPPED)
})

const costUnder = async (bound: number, where: Where, task: FramesTask): Promise<number> => {
  for (let attempt = 1; ; attempt++) {
    const cost = await costOf(where, task, PAIRS)
    if (cost < bound || attempt === ATTEMPTS) return cost
  }
}

/** The median, over pairs one after the other, of the share of frames that is dropped in a training less the share that is dropped without it. */
const costOf = async (where: Where, task: FramesTask, count: number): Promise<number> => {
  await page.evaluate(([where, task]) => (globalThis as InPage).frames.warmUp(where, task), [
    where,
    task,
  ] as const)
  const pairs: { alone: Drawn; training: Drawn }[] = []
  for (let n = 0; n < count; n++)
    pairs.push(
      await page.evaluate(
        ([where, task, seconds]) => (globalThis as InPage).frames.drawPair(where, task, seconds),
        [where, task, SECONDS] as const,
      ),
    )
  const differences = pairs.map(({ alone, training }) => training.dropped - alone.dropped)
  const cost = differences.toSorted((a, b) => a - b)[count >> 1] ?? Number.NaN
  const each = pairs.map(
    ({ alone, training }) =>
      `${percent(training.dropped)} of ${training.seconds.toFixed(1)} s, ${percent(alone.dropped)} alone`,
  )
  process.stdout.write(`${task} ${where}: ${percent(cost)} of the frames (${each.join('; ')})\n`)
  return cost
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
