/** A page that withdraws: what is left in its origin's IndexedDB. */
import { ClientId } from '@tributary/protocols'
import { ClientView, restPaths } from '@tributary/protocols/rest'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { keptIn } from './kept-in.ts'
import { startMixedFleet } from './mixed-fleet.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 60_000 })
let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/learner.ts', import.meta.url))
})
afterAll(() => stage?.[Symbol.asyncDispose]())

test('[K11] a page that withdraws keeps nothing but that it has, also when it is loaded anew', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const page = await fleet.openPage(context, { prefer: ['wasm'] })
  const id = await page.enrol(fleet.token)
  await page.join()
  await fleet.begin()
  await page.sees('version 2', ({ models }) => models.length === 2)
  const before = await keptIn(page)
  expect(before['tributary-keys']).toEqual(['identity-seed'])
  expect(before['tributary-models']?.length).toBeGreaterThan(0)

  expect(await page.ask((app) => app.withdraw())).toEqual({ told: 'yes' })
  const { 'tributary-records': records, ...others } = await keptIn(page)
  expect(records).toEqual(['consent'])
  expect(Object.keys(others)).toEqual(expect.arrayContaining(['tributary-keys', 'tributary-models']))
  expect(Object.values(others).flat()).toEqual([])
  const { operator } = fleet.coordinator
  const view = (await operator.call('GET', restPaths.client(ClientId.parse(id)))).body
  expect(ClientView.parse(view)).toMatchObject({ status: 'withdrawn', online: false })

  await page.reload()
  expect(await page.ask((app) => app.join().catch(({ code }) => code))).toBe('no-consent')
  expect((await keptIn(page))['tributary-keys'] ?? []).toEqual([])
})
