/** Rounds of a page that trains in a worker, which goes wrong. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type MixedFleet, startMixedFleet } from './mixed-fleet.ts'
import type { LearnerOptions } from './page/learner.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 120_000 })
let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/learner.ts', import.meta.url), {
    workers: [new URL('./page/learner-worker.ts', import.meta.url)],
    // The browser counts at once, and not when it next collects its garbage.
    features: ['ForceEagerMeasureMemory'],
  })
})
afterAll(() => stage?.[Symbol.asyncDispose]())

type Case = { workers: NonNullable<LearnerOptions['workers']>; reason: string; error: RegExp; path?: string }

const cases: Record<string, Case> = {
  'takes too long, and gives no turn to anything': {
    workers: { moods: ['endless', 'well'], limits: { trainSeconds: 8 } },
    reason: 'device-limit',
    error: /^device-limit: .*8 s/,
  },
  'holds too much, where the browser counts': {
    workers: { moods: ['hoarding', 'well'], limits: { memoryMegabytes: 150 } },
    reason: 'device-limit',
    error: /^device-limit: the worker holds \d+ MB/,
    path: '/isolated',
  },
  throws: {
    workers: { moods: ['throwing', 'well'] },
    reason: 'training-error',
    error: /^worker-failed: .*the worker’s own mistake/,
  },
  'is gone without a word': {
    workers: { moods: ['closing', 'well'], answerSeconds: 4 },
    reason: 'training-error',
    error: /^worker-failed: .*4 s/,
  },
}

test.each(Object.entries(cases))(
  '[C7] a training that %s fails its round, the page lives, and the next round works',
  async (_, { workers, reason, error, path = '/' }) => {
    await using fleet = await startMixedFleet(stage.site)
    await using context = await stage.browser.newContext()
    const page = await fleet.openPage(context, { address: stage.site.origin + path, workers })
    await page.enrol(fleet.token)
    await page.join()
    const failing = await fleet.begin()
    const failed = await page.sees('its training fail', ({ failed }) => failed[0])
    expect(failed).toMatchObject({ round: failing, reason })
    await fleet.coordinator.settled(failing)
    expect(await memberOf(fleet, failing, await page.ask((app) => app.id()))).toMatchObject({
      status: 'failed',
      reason,
    })

    const next = await fleet.begin()
    await page.sees('its update acknowledged', ({ submitted }) => submitted.includes(next))
    await fleet.coordinator.settled(next)
    expect(await fleet.coordinator.operator.round(next)).toMatchObject({ phase: 'completed' })
    const unseen = new Float32Array([0, 1])
    expect(await page.predict(unseen)).toHaveLength(3)
    const errors = await page.ask((app) => app.heard.errors)
    expect(errors.filter((text) => error.test(text)).length).toBeGreaterThanOrEqual(1)
    expect(errors.filter((text) => !error.test(text))).toEqual([])
  },
)

test('[C5] a page that asks for more examples than its worker counts declines for want of data', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const page = await fleet.openPage(context, {
    workers: { moods: ['well'] },
    conditions: { minExamples: 60 },
  })
  await page.enrol(fleet.token)
  await page.join()
  const id = await page.ask((app) => app.id())
  const roundOfPage = async () => {
    const round = await fleet.begin()
    await fleet.coordinator.settled(round)
    return memberOf(fleet, round, id)
  }
  expect(await roundOfPage()).toMatchObject({ status: 'declined', reason: 'no-data' })
  expect(await roundOfPage()).toMatchObject({ status: 'received' })
  expect(await page.ask((app) => app.heard.errors)).toEqual([])
})

const memberOf = async (fleet: MixedFleet, round: string, id: string) => {
  const { members } = await fleet.coordinator.operator.round(round)
  return members.find(({ client }) => client === id)
}
