import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { until } from '../fleet/until.ts'
import { type LearnerPage, PATIENCE } from './learner-page.ts'
import { type MixedFleet, startMixedFleet } from './mixed-fleet.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 60_000 })
let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/learner.ts', import.meta.url))
})
afterAll(() => stage?.[Symbol.asyncDispose]())

test('[D2] a page that is loaded anew is the same client, has its model without another download, and takes part in the next round', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const page = await aPage(fleet, context)
  await fleet.begin()
  const [model] = await page.sees('version 2', ({ models }) => models.length === 2 && models.slice(1))
  const downloads = downloadsOf(page)
  expect(downloads).toEqual([...new Set(downloads)])

  await page.reload()
  expect(await page.ask((app) => app.id())).toBe(page.id)
  await page.join()
  expect(await page.sees('the model', ({ models }) => models[0])).toEqual(model)
  expect(await page.ask((app) => app.digestOfWeights())).toBe(model?.digest)
  expect(downloadsOf(page)).toEqual(downloads)

  const second = await fleet.begin()
  await expectOneVersionMore(fleet, second, page)
  // What is new is version 3, once: the rest was there.
  await page.sees('version 3', ({ models }) => models.some(({ version }) => version === 3))
  expect(downloadsOf(page)).toHaveLength(downloads.length + 1)
  expect(page.faults).toEqual([])
})

test('[S9] a page that is loaded anew while it trains is invited again, and its update counts once', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const page = await aPage(fleet, context)
  const round = await beginAndTrain(fleet, page)

  await page.reload()
  await page.join()
  await expectOneVersionMore(fleet, round, page)
  expect(uploadsOf(page)).toHaveLength(1)
  expect(page.faults).toEqual([])
})

test('[L10] a page that loses the network while it trains hands in when it is back, and its update counts once', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const page = await aPage(fleet, context)
  const round = await beginAndTrain(fleet, page)

  await context.setOffline(true)
  await stateIs(page, { is: 'training', round, online: false })
  await page.ask((app) => app.letGo())
  await stateIs(page, { is: 'submitting', round, online: false })
  await until('an upload that fails', () => uploadsOf(page).length > 0, PATIENCE)
  // The others have handed in; the round waits.
  await until('three updates', async () => {
    const { phase, members } = await fleet.coordinator.operator.round(round)
    return phase === 'training' && members.filter(({ status }) => status === 'received').length === 3
  })
  await context.setOffline(false)

  await expectOneVersionMore(fleet, round, page)
  expect(await page.ask((app) => app.heard.submitted)).toEqual([round])
  expect(await page.ask((app) => app.heard.failed)).toEqual([])
  expect(page.faults.filter((fault) => !fault.includes('net::ERR_INTERNET_DISCONNECTED'))).toEqual([])
})

test('[L6] of two devices with one key, copied from the one to the other, the later one takes part, and the earlier one is told', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const earlier = await aPage(fleet, context)
  const storageState = await context.storageState({ indexedDB: true })
  await using otherDevice = await stage.browser.newContext({ storageState })
  const later = await fleet.openPage(otherDevice, { prefer: ['wasm'] })
  await later.join()
  expect(await later.ask((app) => app.id())).toBe(earlier.id)
  await earlier.sees('that it was replaced', ({ states }) => states.at(-1) === 'stopped')

  const round = await fleet.begin()
  await expectOneVersionMore(fleet, round, { ...later, id: earlier.id })
  expect(uploadsOf(earlier)).toEqual([])
  expect(uploadsOf(later)).toHaveLength(1)
})

type Member = LearnerPage & { id: string }

/** A page that has enrolled and joined. */
const aPage = async (fleet: MixedFleet, context: Parameters<MixedFleet['openPage']>[0]): Promise<Member> => {
  const page = await fleet.openPage(context, { prefer: ['wasm'] })
  const id = await page.enrol(fleet.token)
  await page.join()
  return { ...page, id }
}

/** Begins a round and waits until the page has trained for it, which it then keeps to itself. */
const beginAndTrain = async (fleet: MixedFleet, page: LearnerPage): Promise<string> => {
  await page.ask((app) => app.holdTraining())
  const round = await fleet.begin()
  await until('the page to have trained', () => page.ask((app) => app.hasTrained()), PATIENCE)
  return round
}

const stateIs = (page: LearnerPage, state: object) =>
  until(
    `the page to be ${JSON.stringify(state)}`,
    async () => {
      const seen = await page.ask((app) => app.state())
      return JSON.stringify(seen) === JSON.stringify(state)
    },
    PATIENCE,
  )

/** The round counts one update of every client, and makes one version, of which the page hears once. */
const expectOneVersionMore = async (fleet: MixedFleet, round: string, page: Member) => {
  const { operator } = fleet.coordinator
  await page.sees('its update acknowledged', ({ submitted }) => submitted.includes(round))
  await fleet.coordinator.settled(round)
  const detail = await operator.round(round)
  expect(detail).toMatchObject({ phase: 'completed', tally: { invited: 4, received: 4 } })
  expect(detail.members.filter(({ client }) => client === page.id)).toMatchObject([
    { status: 'received', examples: 60 },
  ])
  const made = (await operator.models('points')).filter(
    ({ origin }) => origin.kind === 'round' && origin.round === round,
  )
  expect(made.map(({ parent }) => parent)).toEqual([detail.base.version])
  const ended = await page.sees('the end of the round', ({ ended }) => ended.length > 0 && ended)
  expect(ended).toEqual([{ round, outcome: { kind: 'completed', version: made[0]?.version } }])
}

const downloadsOf = ({ requests }: LearnerPage) => requests.filter((request) => request.startsWith('GET'))
const uploadsOf = ({ requests }: LearnerPage) => requests.filter((request) => request.startsWith('PUT'))
