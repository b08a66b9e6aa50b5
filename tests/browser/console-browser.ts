import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ensureConsole } from '../../scripts/ensure-console.ts'
import { launchChromium } from './chromium.ts'

export type Look = { theme: 'light' | 'dark'; width: number; height: number }

/** A browser for the console as its sources are. */
export const launchForConsole = async (): Promise<Browser> => {
  await ensureConsole()
  return launchChromium()
}

/** A window of its own in which somebody has signed in with a token; without one, nobody. */
export const openConsole = async (
  browser: Browser,
  { url, token, look }: { url: string; token?: string; look: Look },
): Promise<{ context: BrowserContext; page: Page }> => {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(8_000)
  if (token !== undefined) {
    await page.goto(`${url}/sign-in`)
    await page.getByLabel('Operator token').fill(token)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForSelector('h1:has-text("Overview")')
  }
  return { context, page }
}
