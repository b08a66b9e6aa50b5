/**
 * Takes a picture of every view of the console, in both themes, at the width of a desk and of a phone.
 *   npm run screenshots                     all of them, into results/console/
 *   npm run screenshots -- clients audit    these views
 */
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { type Look, launchForConsole, openConsole } from './console-browser.ts'
import { CONSOLE_VIEWS, type ConsoleView } from './console-views.ts'
import { type ConsoleWorld, startConsoleWorld } from './console-world.ts'

const FOLDER = fileURLToPath(new URL('../../results/console/', import.meta.url))
const WIDTHS = [
  { width: 1_280, height: 900 },
  { width: 360, height: 780 },
]
const THEMES = ['dark', 'light'] as const

const chosenOf = (names: readonly string[]): readonly ConsoleView[] => {
  const unknown = names.filter((name) => !CONSOLE_VIEWS.some((view) => view.name === name))
  if (unknown.length > 0)
    throw new Error(
      `there is no view ${unknown.join(', ')}: choose of ${CONSOLE_VIEWS.map(({ name }) => name).join(', ')}`,
    )
  return names.length === 0 ? CONSOLE_VIEWS : CONSOLE_VIEWS.filter(({ name }) => names.includes(name))
}

const take = async (browser: Browser, world: ConsoleWorld, views: readonly ConsoleView[], look: Look) => {
  const { url, adminToken } = world.coordinator
  const signedIn = await openConsole(browser, { url, token: adminToken, look })
  const stranger = await openConsole(browser, { url, look })
  for (const view of views) {
    const { page } = view.signedOut ? stranger : signedIn
    const file = join(FOLDER, `${view.name}-${look.theme}-${look.width}.png`)
    await page.goto(url + view.path(world))
    const missed = await shown(page, view).then(
      () => '',
      (error: unknown) => String(error).split('\n', 1)[0],
    )
    await page.screenshot({ path: file, fullPage: true })
    console.log(`${relative('.', file)}${missed && `   NOT AS MEANT: ${missed}`}`)
    if (missed) process.exitCode = 1
  }
  await signedIn.context.close()
  await stranger.context.close()
}

const shown = async (page: Page, view: ConsoleView) => {
  await page.waitForSelector(view.until)
  await view.opens?.(page)
}

const views = chosenOf(process.argv.slice(2))
await mkdir(FOLDER, { recursive: true })
await using browser = await launchForConsole()
await using world = await startConsoleWorld()
for (const size of WIDTHS) for (const theme of THEMES) await take(browser, world, views, { theme, ...size })
