import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { SUMS, startSums } from '../fleet/sums.ts'
import { until } from '../fleet/until.ts'
import { bundleForBrowsers } from './bundle.ts'
import { launchChromium } from './chromium.ts'
import type { InPage, Keeper, StopAt } from './page/keeper.ts'
import { type Site, startSite } from './site.ts'

vi.setConfig({ testTimeout: 90_000 })

const PATIENCE = { withinMs: 30_000, everyMs: 20 }

let site: Site
let browser: Browser
const ending = new AsyncDisposableStack()
beforeAll(async () => {
  const { entry, scripts } = await bundleForBrowsers(new URL('./page/keeper.ts', import.meta.url))
  const worker = new TextEncoder().encode(SERVICE_WORKER)
  site = ending.use(await startSite({ entry, scripts: new Map([...scripts, ['worker.js', worker]]) }))
  browser = ending.use(await launchChromium())
})
afterAll(() => ending.disposeAsync())

type Phase = {
  phase: string
  /** Puts something in the way, before the page joins. */
  hinder(page: KeeperPage): Promise<unknown>
  /** It has come to where it cannot go on. */
  reached(page: KeeperPage): Promise<unknown>
  trainsAnew: boolean
  received: boolean
}

/** The coordinator has the update, and nobody hears that it has. */
const answers = Promise.withResolvers<void>()

const PHASES: Phase[] = [
  {
    phase: 'is invited',
    trainsAnew: true,
    received: false,
    hinder: (page) => page.stopAt('invitation'),
    reached: ({ is }) => is('invited'),
  },
  {
    phase: 'fetches the model',
    trainsAnew: true,
    received: false,
    hinder: ({ page }) => page.route('**/api/v1/blobs/**', () => undefined),
    reached: ({ is }) => is('fetching'),
  },
  {
    phase: 'trains',
    trainsAnew: true,
    received: false,
    hinder: (page) => page.stopAt('training'),
    reached: ({ is }) => is('training'),
  },
  {
    phase: 'cannot send its update',
    trainsAnew: false,
    received: false,
    hinder: ({ page }) => page.route(UPDATES, (route) => route.abort()),
    reached: ({ is }) => is('submitting'),
  },
  {
    phase: 'has sent half of it',
    trainsAnew: false,
    received: false,
    // 80 kB take eight seconds.
    hinder: (page) => page.slowly(10_000),
    async reached({ is }) {
      await is('submitting')
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    },
  },
  {
    phase: 'waits for the answer',
    trainsAnew: false,
    received: true,
    hinder: ({ page }) =>
      page.route(UPDATES, async (route) => {
        if (!isUpload(route.request())) return route.continue()
        await route.fetch()
        answers.resolve()
      }),
    reached: () => answers.promise,
  },
]

describe('[S9] [U8] a page that is loaded anew', () => {
  test.each(PHASES)(
    'while it $phase counts once, and the model is right',
    async ({ hinder, reached, trainsAnew, received }) => {
      await using fleet = await aFleet()
      const { sums } = fleet
      const page = await fleet.openPage()
      await page.enrol()
      await hinder(page)
      await page.join()
      const round = await sums.begin()
      await reached(page)
      expect(await sums.hasReceived(round, page.id)).toBe(received)

      await page.reload()
      await page.join()
      await sums.expectBothOnce(round, page.id)
      await until('the page to be done', () => page.ask((app) => app.state().is === 'waiting'), PATIENCE)
      expect(await page.ask((app) => app.heard)).toMatchObject({
        trainings: trainsAnew ? 1 : 0,
        submitted: [round],
        errors: [],
      })
    },
  )
})

describe('without the coordinator', () => {
  test('a page that was loaded anew predicts with the newest model, having joined nobody', async () => {
    await using fleet = await aFleet()
    const page = await fleet.openPage()
    await page.enrol()
    await page.join()
    await fleet.sums.expectBothOnce(await fleet.sums.begin(), page.id)
    await until('version 2', () => page.ask((app) => app.heard.models.includes(2)), PATIENCE)
    const before = await page.ask((app) => app.predict(7))

    await fleet.sums.stopCoordinator()
    await page.reload()
    expect(await page.ask((app) => app.predict(7))).toBe(before)
    expect(await page.ask((app) => app.heard)).toMatchObject({ models: [2], errors: [] })
    expect(await page.ask((app) => app.state())).toEqual({ is: 'idle' })
  })

  test('and without any network, in a page that a service worker serves', async () => {
    await using fleet = await aFleet()
    const page = await fleet.openPage()
    await page.enrol()
    await page.page.evaluate(async () => {
      await navigator.serviceWorker.register('/worker.js')
      await navigator.serviceWorker.ready
    })
    // What is loaded from here on the worker keeps.
    await page.reload()
    await page.join()
    await until('version 1', () => page.ask((app) => app.heard.models.includes(1)), PATIENCE)
    const before = await page.ask((app) => app.predict(7))

    await page.context.setOffline(true)
    await page.reload()
    expect(await page.ask((app) => app.predict(7))).toBe(before)
    // It wants to take part, finds nobody, and predicts all the same.
    await page.ask((app) => void app.join())
    await until('a try', () => page.ask((app) => app.state().is === 'connecting'), PATIENCE)
    expect(await page.ask((app) => app.predict(7))).toBe(before)
    const told = () => page.ask((app) => app.heard.errors)
    await until('that nobody answers', async () => (await told()).length > 0, PATIENCE)
    expect(await told()).toEqual([expect.stringMatching(/^unreachable: no coordinator has answered/)])
  })
})

type KeeperPage = {
  page: Page
  context: BrowserContext
  id: string
  ask<T>(question: (keeper: Keeper) => T | Promise<T>): Promise<T>
  enrol(): Promise<void>
  join(): Promise<void>
  is(state: string): Promise<unknown>
  /** Goes no further than there. */
  stopAt(where: StopAt): Promise<void>
  /** Uploads so many bytes a second. */
  slowly(bytesPerSecond: number): Promise<void>
  /** Loads the page anew, with nothing in its way. */
  reload(): Promise<void>
}

const UPDATES = '**/updates/**'
const isUpload = (request: Request) => request.method() === 'PUT'

/** The awaited client is a page. */
const aFleet = async () => {
  const stack = new AsyncDisposableStack()
  const sums = stack.use(await startSums({ cors: { kind: 'origins', origins: [site.origin] } }))
  const { token } = sums
  return {
    sums,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
    async openPage(): Promise<KeeperPage> {
      const context = await browser.newContext()
      stack.defer(() => context.close())
      const page = await context.newPage()
      const open = async () => {
        await page.waitForFunction(() => 'openKeeper' in globalThis)
        await page.evaluate((options) => (globalThis as InPage).openKeeper(options), {
          coordinator: sums.coordinator.url,
          task: SUMS,
        })
      }
      await page.goto(site.origin)
      await open()
      const ask: KeeperPage['ask'] = async (question) =>
        (await page.evaluateHandle(() => (globalThis as InPage).keeper)).evaluate(question)
      const is = (state: string) =>
        until(
          `the page to be ${state}`,
          () => ask((app) => app.state().is).then((now) => now === state),
          PATIENCE,
        )
      let throttled: { detach(): Promise<void> } | undefined
      const self: KeeperPage = {
        page,
        context,
        id: '',
        ask,
        is,
        async enrol() {
          self.id = await page.evaluate((text) => (globalThis as InPage).keeper.enrol(text), token)
        },
        join: () => ask((app) => app.join()),
        stopAt: (at) => page.evaluate((where) => (globalThis as InPage).keeper.stopAt(where), at),
        async slowly(uploadThroughput) {
          const session = await context.newCDPSession(page)
          await session.send('Network.enable')
          await session.send('Network.emulateNetworkConditions', {
            offline: false,
            latency: 0,
            downloadThroughput: -1,
            uploadThroughput,
          })
          throttled = session
        },
        async reload() {
          await page.reload()
          await throttled?.detach()
          await page.unrouteAll({ behavior: 'ignoreErrors' })
          await open()
        },
      }
      return self
    },
  }
}

/** Keeps what it sees of its own site, for when there is no network. */
const SERVICE_WORKER = `
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return
  const seen = async () => {
    const cache = await caches.open('app')
    try {
      const response = await fetch(request)
      await cache.put(request, response.clone())
      return response
    } catch {
      return (await cache.match(request)) ?? Response.error()
    }
  }
  event.respondWith(seen())
})
`
