/** The same cases of the public interface in Node, in Chromium's main thread and in a worker. */
import { createNodeClient } from '@tributary/client-sdk/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stage, setStage } from '../browser/stage.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { cases } from './cases.ts'
import { operatorDesk } from './operator-desk.ts'
import type { InPage, Setting } from './page/in-browser.ts'

let stage: Stage
let coordinator: TestCoordinator
let tasks = 0

beforeAll(async () => {
  stage = await setStage(new URL('./page/in-browser.ts', import.meta.url))
  coordinator = await startCoordinator({ cors: { kind: 'origins', origins: [stage.site.origin] } })
})
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  await coordinator?.[Symbol.asyncDispose]()
})

/** A task of the case's own, and whoever runs the coordinator. */
const prepare = async (title: string) => {
  const operator = operatorDesk(coordinator)
  const task = `case-${++tasks}`
  await operator.createTask(task)
  return { title, task, operator, coordinator: coordinator.url }
}

const titles = cases.map(({ title }) => title)

test('every case has a title of its own', () => {
  expect(titles).toEqual([...new Set(titles)])
})

test.each(cases)('Node: $title', async ({ title, run }) => {
  const prepared = await prepare(title)
  await using folder = await temporaryFolder()
  const createClient: Parameters<typeof run>[0]['createClient'] = (options) =>
    createNodeClient({ coordinator: coordinator.url, folder: folder.path, ...options })
  await run({ ...prepared, createClient })
})

describe.each(['runInPage', 'runInWorker'] as const)('%s', (how) => {
  test.each(titles)('%s', async (title) => {
    const { operator, ...setting } = await prepare(title)
    await using context = await stage.browser.newContext()
    const page = await context.newPage()
    await page.exposeFunction('askDesk', (question: keyof typeof operator, about: [string, string]) =>
      operator[question](...about),
    )
    await page.goto(stage.site.origin)
    await page.waitForFunction(() => 'runInPage' in globalThis)
    const outcome = await page.evaluate(
      ({ how, setting }: { how: 'runInPage' | 'runInWorker'; setting: Setting }) =>
        (globalThis as InPage)[how](setting),
      { how, setting },
    )
    if (outcome.fault !== '') throw new Error(outcome.fault)
  })
})
