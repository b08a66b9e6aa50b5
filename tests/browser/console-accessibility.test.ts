/** Every view of the console before axe, which knows the rules of WCAG 2.2 that can be checked from outside. */
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { launchForConsole, openConsole } from './console-browser.ts'
import { CONSOLE_VIEWS } from './console-views.ts'
import { type ConsoleWorld, startConsoleWorld } from './console-world.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const DESK = { width: 1_280, height: 900 }
const LOOKS = [
  { theme: 'dark', ...DESK },
  { theme: 'light', ...DESK },
  { theme: 'light', width: 360, height: 780 },
] as const

let browser: Browser
let world: ConsoleWorld
let signedIn: { context: BrowserContext; page: Page }
let stranger: { context: BrowserContext; page: Page }
let rulesHeld = 0

beforeAll(async () => {
  browser = await launchForConsole()
  world = await startConsoleWorld({ clients: 40 })
  const { url, adminToken: token } = world.coordinator
  signedIn = await openConsole(browser, { url, token, look: LOOKS[0] })
  stranger = await openConsole(browser, { url, look: LOOKS[0] })
  for (const { context } of [signedIn, stranger]) await context.addInitScript(axe.source)
})
afterAll(async () => {
  process.stdout.write(`axe: ${rulesHeld} rules held over ${CONSOLE_VIEWS.length} views\n`)
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
})

test.each(CONSOLE_VIEWS)('axe finds nothing serious on $name', async (view) => {
  const { page } = view.signedOut ? stranger : signedIn
  await page.setViewportSize(DESK)
  await page.goto(world.coordinator.url + view.path(world))
  await page.waitForSelector(view.until)
  await page.waitForFunction(() => !document.querySelector('.waiting'))
  await view.opens?.(page)
  for (const { theme, ...size } of LOOKS) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.setViewportSize(size)
    const { serious, passed } = await examine(page)
    rulesHeld += passed
    expect(serious, `${theme}, ${size.width} pixels wide`).toEqual([])
    expect(passed).toBeGreaterThan(10)
  }
})

type InPage = typeof globalThis & { axe: typeof axe }

const examine = (page: Page): Promise<{ serious: string[]; passed: number }> =>
  page.evaluate(async () => {
    const { violations, passes } = await (globalThis as InPage).axe.run(document, {
      resultTypes: ['violations'],
    })
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`))
    return { serious, passed: passes.length }
  })
