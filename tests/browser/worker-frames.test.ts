import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { traceFrames } from './frame-costs.ts'
import type { FramesTask } from './frames-training.ts'
import type { InPage, Where } from './page/frames.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 120_000 })
let stage: Stage
let page: Page
let session: CDPSession
beforeAll(async () => {
  stage = await setStage(new URL('./page/frames.ts', import.meta.url), {
    workers: [new URL('./page/frames-worker.ts', import.meta.url)],
  })
  page = await stage.browser.newPage()
  await page.goto(stage.site.origin)
  await page.waitForFunction(() => 'frames' in globalThis)
  session = await page.context().newCDPSession(page)
})
afterAll(() => stage?.[Symbol.asyncDispose]())

const SECONDS = 4
/** Share of its frames that a page may lose to a training. */
const MOST_LOST = 0.05

test('a page that trains in a worker loses no more of its frames than it does alone; training in one go on its own thread takes nearly all', async () => {
  expect(await costOf('in a worker', 'long batches')).toBeLessThan(MOST_LOST)
  expect(await costOf('in one go', 'long batches')).toBeGreaterThan(10 * MOST_LOST)
})

test('a page without a worker keeps its frames while it trains in slices, where a batch is shorter than a frame', async () => {
  expect(await costOf('in slices', 'short batches')).toBeLessThan(MOST_LOST)
  expect(await costOf('in one go', 'short batches')).toBeGreaterThan(10 * MOST_LOST)
})

type Shares = {
  /** Share of frames that the page's own thread could not draw, 0 to 1, by its processor time. */
  lost: number
  /** The same by the clock: what else this machine does is in it. */
  missing: number
}

/** The share of frames that is lost in a training less the share that is lost without it. */
const costOf = async (where: Where, task: FramesTask): Promise<number> => {
  await page.evaluate(([where, task]) => (globalThis as InPage).frames.warmUp(where, task), [
    where,
    task,
  ] as const)
  const alone = await shares(() =>
    page.evaluate((seconds) => (globalThis as InPage).frames.drawAlone(seconds), SECONDS),
  )
  const training = await shares(() =>
    page.evaluate(
      ([where, task, seconds]) => (globalThis as InPage).frames.drawWhileTraining(where, task, seconds),
      [where, task, SECONDS] as const,
    ),
  )
  const said = ({ lost, missing }: Shares) => `${percent(lost)} (by the clock ${percent(missing)})`
  process.stdout.write(`${task} ${where}: ${said(training)} of the frames lost, ${said(alone)} alone\n`)
  // Frames that the page's own work has cost are lost by both; what one of them alone says is another process's, or that Chromium's thread clock jumps.
  return Math.min(training.lost - alone.lost, training.missing)
}

const shares = async (draw: () => Promise<{ frames: number; seconds: number }>): Promise<Shares> => {
  let seen = { frames: 0, seconds: 1 }
  const { frames } = await traceFrames(session, async () => {
    seen = await draw()
  })
  expect(frames.drawn).toBeGreaterThan(2)
  return {
    lost: frames.lost / (frames.drawn + frames.lost),
    missing: Math.max(0, 1 - seen.frames / (60 * seen.seconds)),
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
