/** Every view of the console before axe, which knows the rules of WCAG 2.2 that can be checked from outside. */
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { launchForConsole, openConsole } from './console-browser.ts'
import { CONSOLE_VIEWS } from './console-views.ts'
import { type ConsoleWorld, startConsoleWorld } from './console-world.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const DESK = { width: 1_280, height: 900 }
/**
 * Another theme changes colours alone; axe takes half as long over those. In some open dialogs it cannot tell the colour that lies
 * behind a text, and says neither yes nor no.
 */
const LOOKS = [
  { theme: 'dark', ...DESK, rules: [] },
  { theme: 'light', ...DESK, rules: ['color-contrast'] },
  { theme: 'light', width: 360, height: 780, rules: [] },
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
  for (const { theme, rules, ...size } of LOOKS) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.setViewportSize(size)
    const { serious, passed } = await examine(page, rules)
    rulesHeld += passed
    expect(serious, `${theme}, ${size.width} pixels wide`).toEqual([])
    if (rules.length === 0) expect(passed).toBeGreaterThan(10)
  }
})

type InPage = typeof globalThis & { axe: typeof axe }

/** By these rules, or by all where none is named. `serious`: rule, element and reason of each violation that is serious or critical. */
const examine = (page: Page, rules: readonly string[]): Promise<{ serious: string[]; passed: number }> =>
  page.evaluate(
    async ([named]) => {
      const { violations, passes } = await (globalThis as InPage).axe.run(document, {
        resultTypes: ['violations'],
        ...(named.length > 0 && { runOnly: [...named] }),
      })
      const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`))
      return { serious, passed: passes.length }
    },
    [rules] as const,
  )
