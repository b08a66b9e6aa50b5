import { createNodeClient } from '@tributary/client-sdk/node'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { createElement, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { rowsOf } from '../fleet/line-clients.ts'
import { lineTrainer } from '../fleet/line-trainer.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { bundleForBrowsers } from './bundle.ts'
import { launchChromium } from './chromium.ts'
import { PATIENCE } from './learner-page.ts'
import type { InReactPage, ReactPageOptions } from './page/react.tsx'
import { App } from './page/react-app.tsx'
import { type Site, startSite } from './site.ts'

vi.setConfig({ testTimeout: 60_000 })
let site: Site
let browser: Browser
beforeAll(async () => {
  // React mounts everything twice in strict mode, and tells of mismatches, only while an app is developed.
  const define = { 'process.env.NODE_ENV': '"development"' }
  site = await startSite(await bundleForBrowsers(new URL('./page/react.tsx', import.meta.url), [], define))
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.[Symbol.asyncDispose]()
})

const coordinatorOfLine = async () => {
  await using ending = new AsyncDisposableStack()
  const coordinator = ending.use(
    await startCoordinator({ cors: { kind: 'origins', origins: [site.origin] } }),
  )
  await coordinator.operator.createTask(lineTask({ clients: 1 }))
  const end = ending.move()
  return { ...coordinator, [Symbol.asyncDispose]: () => end.disposeAsync() }
}

const openPage = async (options: ReactPageOptions) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.addInitScript(axe.source)
  const open = async () => {
    await page.goto(site.origin)
    await page.waitForFunction(() => 'openReact' in globalThis)
    await page.evaluate((given) => {
      const here = globalThis as InReactPage
      here.react = here.openReact(given)
    }, options)
  }
  await open()
  return { page, faults, reopen: open, [Symbol.asyncDispose]: () => context.close() }
}

const shows = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor()
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent)

/** Nothing of WCAG that can be seen from outside is violated. */
const expectAccessible = async (page: Page) => {
  const { violations, passed } = await page.evaluate(async () => {
    const found = await (globalThis as typeof globalThis & { axe: typeof axe }).axe.run(document)
    return {
      violations: found.violations.map(({ id, help }) => `${id}: ${help}`),
      passed: found.passes.length,
    }
  })
  expect(violations).toEqual([])
  expect(passed).toBeGreaterThan(10)
}

test('by keyboard alone a person agrees, stops, agrees again and has everything erased, and hears what happened', async () => {
  await using coordinator = await coordinatorOfLine()
  const { operator, url } = coordinator
  await using opened = await openPage({ coordinator: url, token: await operator.invite(2) })
  const { page, faults } = opened
  await shows(page, 'idle, unasked, model none')
  await expectAccessible(page)
  const press = async (name: string) => {
    for (let presses = 0; (await focused(page)) !== name; presses++) {
      if (presses > 8) throw new Error(`${name} is not reached by Tab`)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
  }
  const goesOnAtTheHeading = () =>
    until(
      'the focus to be at the heading',
      async () => (await focused(page)) === 'Help this app learn?',
      PATIENCE,
    )

  await press('Take part')
  await shows(page, 'This device takes part.')
  await goesOnAtTheHeading()
  const { id } = await operator.trigger('line')
  await coordinator.settled(id)
  await shows(page, 'waiting, granted, model 2')
  await expectAccessible(page)

  await press('Stop taking part')
  await shows(page, 'This device does not take part.')
  await goesOnAtTheHeading()
  await press('Take part')
  // It has joined, and had only been held.
  await shows(page, 'waiting, granted, model 2')
  await goesOnAtTheHeading()

  await press('Stop and erase everything')
  await until(
    'the warning to have the focus',
    async () => (await focused(page))?.startsWith('This erases'),
    PATIENCE,
  )
  await expectAccessible(page)
  await press('Keep it')
  await goesOnAtTheHeading()
  await shows(page, 'waiting, granted, model 2')
  await press('Stop and erase everything')
  await press('Erase everything')
  await shows(page, 'Everything of this device has been erased.')
  await goesOnAtTheHeading()
  await expectAccessible(page)
  expect(faults).toEqual([])

  await opened.reopen()
  await shows(page, 'idle, withdrawn, model none')
})

test('views come and go without a listener left behind, and the client goes on without them', async () => {
  await using coordinator = await coordinatorOfLine()
  const { operator, url } = coordinator
  await using opened = await openPage({ coordinator: url, token: await operator.invite(1) })
  const { page, faults } = opened
  await page.getByRole('button', { name: 'Take part' }).click()
  await shows(page, 'waiting, granted, model 1')
  const listening = () => page.evaluate(() => (globalThis as InReactPage).react.listening())
  const before = await listening()
  expect(before).toBeGreaterThan(0)
  for (let times = 0; times < 3; times++) {
    await page.evaluate(() => (globalThis as InReactPage).react.unmount())
    expect(await listening()).toBe(0)
    await page.evaluate(() => (globalThis as InReactPage).react.mountAgain())
    await shows(page, 'waiting, granted, model 1')
  }
  expect(await listening()).toBe(before)
  await page.evaluate(() => (globalThis as InReactPage).react.unmount())
  const { id } = await operator.trigger('line')
  await coordinator.settled(id)
  expect(await operator.round(id)).toMatchObject({ phase: 'completed', tally: { received: 1 } })
  expect(faults).toEqual([])
})

test('what does not work is said, in the language of the app', async () => {
  await using coordinator = await coordinatorOfLine()
  const words = {
    grant: 'Mitmachen',
    decline: 'Nein, danke',
    granted: 'Dieses Gerät macht mit.',
    failed: 'Das ging nicht:',
    stop: 'Aufhören',
    again: 'Nochmals versuchen',
  }
  await using opened = await openPage({ coordinator: coordinator.url, token: `tre_${'x'.repeat(68)}`, words })
  const { page } = opened
  await page.getByRole('button', { name: 'Mitmachen' }).click()
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/^Das ging nicht: .{10}/)
  await page.getByRole('button', { name: 'Aufhören' }).waitFor()
  expect(await page.getByText(words.granted).count()).toBe(0)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Nochmals versuchen' }).click()
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/^Das ging nicht: .{10}/)
})

test('who has agreed may stop while the app still waits for the coordinator', async () => {
  await using coordinator = await coordinatorOfLine()
  await using opened = await openPage({
    coordinator: coordinator.url,
    token: await coordinator.operator.invite(1),
  })
  const { page, faults } = opened
  // Enrolling is never answered.
  await page.route(/\/api\/v1\/clients$/, () => undefined)
  await page.getByRole('button', { name: 'Take part' }).click()
  await page.getByText('idle, granted').waitFor()
  await page.getByRole('button', { name: 'Stop taking part' }).click()
  await shows(page, 'This device does not take part.')
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(faults).toEqual([])
})

test('a server renders the app without a device, and the page takes it over as it is', async () => {
  await using folder = await temporaryFolder()
  await using coordinator = await coordinatorOfLine()
  const { operator, url } = coordinator
  const rendered = (client: Parameters<typeof App>[0]['client']) =>
    renderToString(createElement(StrictMode, null, createElement(App, { client })))
  const html = rendered(undefined)
  expect(html).toBe('<main><h1>Steps</h1><output>idle, not read, model none</output></main>')
  // Nor does a client there make a difference, which knows of its own device only.
  const client = createNodeClient({
    coordinator: url,
    task: 'line',
    trainer: lineTrainer(rowsOf(1)),
    consent: 'granted',
    folder: folder.path,
  })
  expect(rendered(client)).toBe(html)

  await using opened = await openPage({ coordinator: url, token: await operator.invite(1), html })
  const { page, faults } = opened
  await shows(page, 'idle, unasked, model none')
  await page.getByRole('button', { name: 'No, thanks' }).click()
  await shows(page, 'idle, declined, model none')
  expect(await page.evaluate(() => (globalThis as InReactPage).react.mismatches)).toEqual([])
  expect(faults).toEqual([])
})
