import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { PATIENCE } from './learner-page.ts'
import type { InPolitePage, PoliteOptions } from './page/polite.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 60_000 })
let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/polite.ts', import.meta.url))
})
afterAll(() => stage?.[Symbol.asyncDispose]())

const HELD = 'the device is in use: it is to be idle for 2 seconds'

test('a page takes part when nobody has touched it for so long, gives way to who does, and knows after a reload what it has used', async () => {
  await using coordinator = await startCoordinator({
    cors: { kind: 'origins', origins: [stage.site.origin] },
  })
  const { operator, url } = coordinator
  await operator.createTask(lineTask({ clients: 1 }))
  await using context = await stage.browser.newContext()
  const page = await context.newPage()
  const options: PoliteOptions = { coordinator: url, token: await operator.invite(1), idleSeconds: 2 }
  const open = async () => {
    await page.goto(stage.site.origin)
    await page.waitForFunction(() => 'openPolite' in globalThis)
    await page.evaluate(async (given) => {
      const here = globalThis as InPolitePage
      here.polite = await here.openPolite(given)
    }, options)
  }
  const states = () => page.evaluate(() => (globalThis as InPolitePage).polite.states)
  const stateIs = (state: string) =>
    until(`the page to be ${state}`, async () => (await states()).at(-1) === state, PATIENCE)

  await open()
  await stateIs(HELD)
  const { id: first } = await operator.trigger('line')
  // Somebody reads, and moves the mouse now and then: for longer than it would take.
  for (let x = 0; x < 30; x++) {
    await page.mouse.move(x, x)
    await page.waitForTimeout(100)
  }
  expect(await states()).toEqual([HELD])
  await coordinator.settled(first)
  expect(await operator.round(first)).toMatchObject({ phase: 'completed', tally: { received: 1 } })
  await stateIs('waiting')
  await page.mouse.move(5, 5)
  await stateIs(HELD)

  await open()
  const usage = await page.evaluate(() => (globalThis as InPolitePage).polite.usage())
  expect(usage?.today.rounds).toBe(1)
  const { id: second } = await operator.trigger('line')
  await until(
    'the page to decline',
    async () => {
      const { members } = await operator.round(second)
      return members.some((member) => member.status === 'declined' && member.reason === 'conditions')
    },
    PATIENCE,
  )
})
