import type { Browser } from 'playwright-core'
import { bundleForBrowsers } from './bundle.ts'
import { launchChromium } from './chromium.ts'
import { type Site, startSite } from './site.ts'

/** A browser, and a site with one page. */
export type Stage = AsyncDisposable & { browser: Browser; site: Site }

/** The page runs this file. */
export const setStage = async (entry: URL): Promise<Stage> => {
  await using ending = new AsyncDisposableStack()
  const site = ending.use(await startSite(await bundleForBrowsers(entry)))
  const browser = ending.use(await launchChromium())
  const end = ending.move()
  return { browser, site, [Symbol.asyncDispose]: () => end.disposeAsync() }
}
