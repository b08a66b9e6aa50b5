import type { Browser } from 'playwright-core'
import { bundleForBrowsers } from './bundle.ts'
import { launchChromium } from './chromium.ts'
import { type Site, startSite } from './site.ts'

/** A browser, and a site with one page. */
export type Stage = AsyncDisposable & { browser: Browser; site: Site }

/** The page runs this file, and may start workers that run those. */
export const setStage = async (
  entry: URL,
  { workers = [], features = [] }: { workers?: readonly URL[]; features?: readonly string[] } = {},
): Promise<Stage> => {
  await using ending = new AsyncDisposableStack()
  const site = ending.use(await startSite(await bundleForBrowsers(entry, workers)))
  const browser = ending.use(await launchChromium(features))
  const end = ending.move()
  return { browser, site, [Symbol.asyncDispose]: () => end.disposeAsync() }
}
