/** Tabs of one browser that share an identity: what one of them comes to, all know. */
import { ClientId } from '@tributary/protocols'
import { ClientView, restPaths } from '@tributary/protocols/rest'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { until } from '../fleet/until.ts'
import { keptIn } from './kept-in.ts'
import { type LearnerPage, PATIENCE } from './learner-page.ts'
import { type MixedFleet, startMixedFleet } from './mixed-fleet.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 120_000 })
let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/learner.ts', import.meta.url))
})
afterAll(() => stage?.[Symbol.asyncDispose]())

test('a tab that is held predicts by the model that the other has come to, which it has from the device', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const [working, held] = await twoTabs(fleet, context)
  for (const version of [2, 3]) {
    await fleet.coordinator.settled(await fleet.begin())
    for (const tab of [working, held])
      await tab.sees(`version ${version}`, ({ models }) => models.at(-1)?.version === version)
    const points = new Float32Array([0.3, -0.2, 1, 1])
    expect(await held.predict(points)).toEqual(await working.predict(points))
  }
  expect(held.requests.filter((request) => /blobs/.test(request))).toEqual([])
  expect(await held.ask((app) => app.state())).toMatchObject({ is: 'held', by: [{ by: 'another-tab' }] })

  // Words that are none, or of versions that are not there, change nothing.
  await held.page.evaluate(async (coordinator) => {
    const channel = new BroadcastChannel(`tributary ${coordinator}/participate`)
    for (const word of [
      'model',
      null,
      { type: 'model' },
      { type: 'model', task: 'points', version: 9 },
      { type: 'x' },
    ])
      channel.postMessage(word)
    channel.close()
  }, fleet.coordinator.url)
  await fleet.coordinator.settled(await fleet.begin())
  for (const tab of [working, held]) {
    await tab.sees('version 4', ({ models }) => models.at(-1)?.version === 4)
    const { models, errors } = await tab.ask((app) => app.heard)
    const versions = models.map(({ version }) => version)
    expect(versions).toEqual([...new Set(versions)].sort())
    expect([errors, tab.faults]).toEqual([[], []])
  }

  // It goes on from there when its turn comes.
  await working.page.close()
  await held.sees('its turn', ({ states }) => states.at(-1) === 'waiting')
  await fleet.coordinator.settled(await fleet.begin())
  await held.sees('version 5', ({ models }) => models.at(-1)?.version === 5)
})

test('[K11] who declines or withdraws in a tab that is held does so in all: no update comes, and nothing is left or written later', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const [working, held] = await twoTabs(fleet, context)
  await fleet.coordinator.settled(await fleet.begin())
  await held.sees('version 2', ({ models }) => models.at(-1)?.version === 2)

  await held.ask((app) => app.decline())
  await working.sees('that it is declined', ({ states }) => states.at(-1) === 'held')
  expect(await working.ask((app) => app.state())).toMatchObject({ by: [{ by: 'consent' }] })
  await held.ask((app) => app.grant())
  const isBack = async (tab: LearnerPage) => (await tab.ask((app) => app.state())).is === 'waiting'
  await until('one of them to be back', async () => (await isBack(working)) || (await isBack(held)), PATIENCE)
  const isFirst = await isBack(working)
  const [busy, other] = isFirst ? [working, held] : [held, working]
  expect(await busy.ask((app) => app.consent())).toBe('granted')

  // The training does not heed its signal, and ends after everything has been erased.
  await busy.ask((app) => app.holdTraining())
  await fleet.begin()
  await until('the tab to have trained', () => busy.ask((app) => app.hasTrained()), PATIENCE)
  const before = uploads(working) + uploads(held)
  const id = await other.ask((app) => app.id())
  expect(await other.ask((app) => app.withdraw())).toEqual({ told: 'yes' })
  const NOTHING = { 'tributary-records': ['consent'] }
  expect(withoutEmpty(await keptIn(other))).toEqual(NOTHING)
  for (const tab of [busy, other])
    expect(await tab.ask((app) => [app.consent(), app.state().is, app.version()])).toEqual([
      'withdrawn',
      'idle',
      undefined,
    ])
  const { body } = await fleet.coordinator.operator.call('GET', restPaths.client(ClientId.parse(id)))
  expect(ClientView.parse(body)).toMatchObject({ status: 'withdrawn', online: false })

  await busy.ask((app) => app.letGo())
  expect(await busy.ask((app) => app.join().catch(({ code }) => code))).toBe('no-consent')
  await busy.page.waitForTimeout(500)
  expect(withoutEmpty(await keptIn(busy))).toEqual(NOTHING)
  expect(uploads(working) + uploads(held)).toBe(before)

  // Agreed to anew it is somebody else, in whichever tab.
  await other.ask((app) => app.grant())
  await until(
    'the other to know',
    async () => (await busy.ask((app) => app.consent())) === 'granted',
    PATIENCE,
  )
  const ids = await Promise.all([busy, other].map((tab) => tab.ask((app) => app.id())))
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).not.toBe(id)
})

const twoTabs = async (fleet: MixedFleet, context: BrowserContext): Promise<[LearnerPage, LearnerPage]> => {
  const open = () => fleet.openPage(context, { prefer: ['wasm'] })
  const [working, held] = [await open(), await open()]
  await working.enrol(fleet.token)
  await working.join()
  await held.joinBehind()
  return [working, held]
}

const uploads = ({ requests }: LearnerPage) => requests.filter((request) => request.startsWith('PUT')).length

const withoutEmpty = (kept: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(kept).filter(([, names]) => names.length > 0))
