/** Tabs of one browser that share an identity, which are one client. */
import { ClientPage, restPaths } from '@tributary/protocols/rest'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { until } from '../fleet/until.ts'
import { type LearnerPage, PATIENCE } from './learner-page.ts'
import { type MixedFleet, startMixedFleet } from './mixed-fleet.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 120_000 })
let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/learner.ts', import.meta.url))
})
afterAll(() => stage?.[Symbol.asyncDispose]())

test('[L6] two tabs are one client: ten rounds have one update of it each, whichever tab is at work, closed or crashed', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const tabs = [await aTab(fleet, context), await aTab(fleet, context)]
  const [first, second] = tabs as [LearnerPage, LearnerPage]
  // At once: of two that make a key one wins, and the invitation is used once.
  const ids = await Promise.all(tabs.map((tab) => tab.enrol(fleet.token)))
  expect(new Set(ids).size).toBe(1)
  const { body } = await fleet.coordinator.operator.call('GET', restPaths.clients)
  expect(ClientPage.parse(body).items).toHaveLength(4)
  await first.join()
  await second.joinBehind()
  expect(await second.ask((app) => app.state())).toMatchObject({ is: 'held', by: [{ by: 'another-tab' }] })

  const play = roundsOf(fleet)
  for (let n = 1; n <= 3; n++) await play(first)
  expect([uploads(first), uploads(second)]).toEqual([3, 0])

  // Closed while it trains: the other takes over, and is asked again.
  await first.ask((app) => app.holdTraining())
  const closing = await fleet.begin()
  await until('the tab to have trained', () => first.ask((app) => app.hasTrained()), PATIENCE)
  await first.page.close({ runBeforeUnload: false })
  await ended(fleet, closing, second)
  expect([uploads(first), uploads(second)]).toEqual([3, 1])
  for (let n = 5; n <= 6; n++) await play(second)

  // One more tab, which takes over from one that crashes while it trains.
  const third = await aTab(fleet, context)
  await third.joinBehind()
  await second.ask((app) => app.holdTraining())
  const crashing = await fleet.begin()
  await until('the tab to have trained', () => second.ask((app) => app.hasTrained()), PATIENCE)
  await crash(second)
  await ended(fleet, crashing, third)
  await play(third)

  // One that leaves gives its turn to who waits.
  const fourth = await aTab(fleet, context)
  await fourth.joinBehind()
  await third.ask((app) => app.leave())
  await fourth.sees('its turn', ({ states }) => states.at(-1) === 'waiting')
  for (let n = 9; n <= 10; n++) await play(fourth)
  expect([first, second, third, fourth].map(uploads)).toEqual([3, 3, 2, 2])
  expect((await fleet.coordinator.operator.models('points')).at(-1)?.version).toBe(11)
  for (const tab of [third, fourth]) {
    expect(await tab.ask((app) => app.heard.errors)).toEqual([])
    expect(tab.faults).toEqual([])
  }
})

const aTab = (fleet: MixedFleet, context: BrowserContext) => fleet.openPage(context, { prefer: ['wasm'] })

/** Plays a round in which this tab takes part. */
const roundsOf = (fleet: MixedFleet) => async (tab: LearnerPage) => ended(fleet, await fleet.begin(), tab)

/** The round completes with one update of each client, this tab's among them. */
const ended = async (fleet: MixedFleet, round: string, tab: LearnerPage) => {
  await tab.sees('its update acknowledged', ({ submitted }) => submitted.includes(round))
  await fleet.coordinator.settled(round)
  expect(await fleet.coordinator.operator.round(round)).toMatchObject({
    phase: 'completed',
    tally: { invited: 4, received: 4 },
  })
}

const uploads = ({ requests }: LearnerPage) => requests.filter((request) => request.startsWith('PUT')).length

/** Ends the tab's process, as running out of memory does. */
const crash = async ({ page }: LearnerPage) => {
  const session = await page.context().newCDPSession(page)
  const gone = page.waitForEvent('crash')
  void session.send('Page.crash').catch(() => undefined)
  await gone
}
