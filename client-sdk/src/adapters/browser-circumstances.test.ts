import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Circumstances, Known } from '../ports/circumstances.ts'
import type { browserCircumstances } from './browser-circumstances.ts'

/** What the page has: the adapter as it is bundled for browsers, and what the test has made of it. */
type InPage = typeof globalThis & {
  browserCircumstances: typeof browserCircumstances
  circumstances: Circumstances
  changes: Known[]
  end(): void
}

const browserAt = [chromium.executablePath(), '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

describe.skipIf(browserAt === undefined)('in a browser', () => {
  let script: string
  const server = createServer((request, response) =>
    request.url === '/worker.js'
      ? response
          .setHeader('content-type', 'text/javascript')
          .end(`${script}; browserCircumstances(Date).then(({ known }) => postMessage(known()))`)
      : response.setHeader('content-type', 'text/html').end('<p>A page</p>'),
  )
  let origin: string
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let devtools: CDPSession

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import { browserCircumstances } from './browser-circumstances.ts'
          Object.assign(globalThis, { browserCircumstances: ({ now }) => browserCircumstances({ now }) })`,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
        loader: 'ts',
      },
      bundle: true,
      format: 'iife',
      platform: 'browser',
      conditions: ['source'],
      write: false,
    })
    script = outputFiles[0]?.text ?? ''
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({
      ...(browserAt !== undefined && { executablePath: browserAt }),
      // On phones `navigator.connection` has a type, on desktops it is behind this.
      args: ['--no-sandbox', '--disable-gpu', '--enable-blink-features=NetInfoDownlinkMax'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    server.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    page = await context.newPage()
    devtools = await context.newCDPSession(page)
  })
  afterEach(() => context.close())

  /** Opens the page, and watches from its beginning. */
  const open = async () => {
    await page.goto(origin)
    await page.addScriptTag({ content: script })
    await page.evaluate(async () => {
      const here = globalThis as InPage
      here.circumstances = await here.browserCircumstances(Date)
      here.changes = []
      here.end = here.circumstances.watch(() => here.changes.push(here.circumstances.known()))
    })
  }
  const known = () => page.evaluate(() => (globalThis as InPage).circumstances.known())
  const changes = () => page.evaluate(() => (globalThis as InPage).changes)
  const sees = (expected: Known) =>
    vi.waitFor(async () => expect((await changes()).at(-1)).toMatchObject(expected), 5_000)

  test('a page that is looked at, and one that is not', async () => {
    const tabs = await browser.newBrowserCDPSession()
    const first = await openTab(tabs, origin)
    // A tab is in front a moment after it is there.
    await vi.waitFor(
      async () => expect(await first.evaluate('document.visibilityState')).toBe('visible'),
      5_000,
    )
    await first.evaluate(`${script}; browserCircumstances(Date).then((made) => {
      globalThis.circumstances = made
      globalThis.seen = []
      made.watch(() => seen.push(made.known().page))
    })`)
    const seen = () => first.evaluate('[circumstances.known().page, ...seen].join()')
    expect(await seen()).toBe('visible')
    const second = await openTab(tabs, origin)
    await vi.waitFor(async () => expect(await seen()).toBe('hidden,hidden'), 5_000)
    await first.activate()
    await vi.waitFor(async () => expect(await seen()).toBe('visible,hidden,visible'), 5_000)
    await Promise.all([first.close(), second.close()])
  })

  test('a network that is metered, one that is not, and one that is gone for a moment', async () => {
    const network = (connectionType: 'cellular4g' | 'wifi' | 'none', offline = false) =>
      devtools.send('Network.emulateNetworkConditions', {
        offline,
        connectionType,
        latency: 20,
        downloadThroughput: 1e6,
        uploadThroughput: 1e6,
      })
    await network('wifi')
    await open()
    expect(await known()).toMatchObject({ network: 'unmetered', online: true })
    await network('cellular4g')
    await sees({ network: 'metered' })
    await network('none', true)
    await sees({ network: 'metered', online: false })
    await network('wifi')
    await sees({ network: 'unmetered', online: true })
  })

  test('a user who asks to save data', async () => {
    await open()
    expect((await known()).dataSaver).toBe('off')
    await devtools.send('Emulation.setDataSaverOverride', { dataSaverEnabled: true })
    await open()
    expect((await known()).dataSaver).toBe('on')
  })

  test('a user who touches the page is told of once a second, and known of to the millisecond; what scripts do is no touch', async () => {
    await open()
    const opened = (await known()).lastTouch
    await page.evaluate(() => {
      globalThis.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }))
      document.body.style.height = '9000px'
      globalThis.scrollTo(0, 500)
      return new Promise((scrolled) => setTimeout(scrolled, 100))
    })
    expect((await known()).lastTouch).toBe(opened)
    await page.mouse.move(10, 10)
    await sees({ lastTouch: expect.any(Number) })
    for (let x = 0; x < 20; x++) await page.mouse.move(20 + x, 10)
    await page.keyboard.press('a')
    const { lastTouch } = await known()
    const told = await changes()
    expect(Number(lastTouch)).toBeGreaterThan(Number(opened))
    expect(Number(lastTouch)).toBeGreaterThanOrEqual(Number(told.at(-1)?.lastTouch))
    expect(told.length).toBeLessThan(5)
  })

  test('a machine that the user has left, where the page may know', async () => {
    const { targetInfo } = await devtools.send('Target.getTargetInfo')
    await devtools.send('Browser.setPermission', {
      permission: { name: 'idle-detection' },
      setting: 'granted',
      origin,
      ...(targetInfo.browserContextId && { browserContextId: targetInfo.browserContextId }),
    })
    await devtools.send('Emulation.setIdleOverride', { isUserActive: true, isScreenUnlocked: true })
    await open()
    await sees({ lastTouch: 'now' })
    const before = Date.now()
    await devtools.send('Emulation.setIdleOverride', { isUserActive: false, isScreenUnlocked: true })
    await sees({ lastTouch: expect.any(Number) })
    const { lastTouch } = await known()
    expect(Number(lastTouch)).toBeGreaterThanOrEqual(before - 60_000)
    expect(Number(lastTouch)).toBeLessThanOrEqual(Date.now() - 60_000)
    await devtools.send('Emulation.setIdleOverride', { isUserActive: true, isScreenUnlocked: true })
    await sees({ lastTouch: 'now' })
  })

  test('a page that may not know of the machine asks nobody', async () => {
    await page.addInitScript(() => {
      const asked = () => Promise.reject(new Error('the user was asked'))
      Object.assign(globalThis, {
        IdleDetector: class {
          static requestPermission = asked
          start = asked
        },
      })
    })
    await open()
    expect((await known()).lastTouch).toEqual(expect.any(Number))
    expect(await changes()).toEqual([])
  })

  test('a battery that is charged, drains and fills', async () => {
    await page.addInitScript(() => {
      const battery = Object.assign(new EventTarget(), { charging: true, level: 0.9 })
      Object.assign(navigator, { getBattery: async () => battery })
      Object.assign(globalThis, {
        setBattery(event: string, change: object) {
          Object.assign(battery, change)
          battery.dispatchEvent(new Event(event))
        },
      })
    })
    const set = (event: string, change: object) =>
      page.evaluate(
        ([event, change]) =>
          (globalThis as unknown as { setBattery(event: string, change: object): void }).setBattery(
            event,
            change,
          ),
        [event, change] as const,
      )
    await open()
    expect(await known()).toMatchObject({ charging: true, battery: 0.9 })
    await set('chargingchange', { charging: false })
    await sees({ charging: false, battery: 0.9 })
    await set('levelchange', { level: 0.4 })
    await sees({ charging: false, battery: 0.4 })
  })

  test('Chromium’s own battery is read', async () => {
    await open()
    const { charging, battery } = await known()
    expect([typeof charging, typeof battery]).toEqual(['boolean', 'number'])
  })

  test('a browser that tells nothing, and one that refuses to', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'connection', { value: undefined })
      Object.assign(navigator, { getBattery: () => Promise.reject(new Error('not here')) })
    })
    await open()
    expect(await known()).toEqual({ lastTouch: expect.any(Number), page: 'visible', online: true })
  })

  test('when the watching ends nothing is told any more', async () => {
    await open()
    await page.evaluate(() => (globalThis as InPage).end())
    await page.mouse.move(10, 10)
    await devtools.send('Network.emulateNetworkConditions', {
      offline: true,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    })
    await vi.waitFor(async () => expect((await known()).online).toBe(false), 5_000)
    expect(await changes()).toEqual([])
  })

  test('a worker has no page and no battery, and knows of the network', async () => {
    await page.goto(origin)
    const inWorker = await page.evaluate(
      () =>
        new Promise<Known>((heard, failed) => {
          const worker = new Worker('/worker.js')
          worker.onmessage = ({ data }) => heard(data)
          worker.onerror = ({ message }) => failed(new Error(message))
        }),
    )
    expect(inWorker).toMatchObject({ dataSaver: 'off', online: true })
    expect([inWorker.page, inWorker.lastTouch, inWorker.charging]).toEqual([undefined, undefined, undefined])
  })
})

/** A tab as people have them. Playwright's own pages count as looked at whatever is in front of them. */
const openTab = async (tabs: CDPSession, url: string) => {
  const { targetId } = await tabs.send('Target.createTarget', { url })
  const { sessionId } = await tabs.send('Target.attachToTarget', { targetId, flatten: false })
  let asked = 0
  const evaluate = (expression: string) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++asked
      const hear = (heard: { sessionId: string; message: string }) => {
        const said = JSON.parse(heard.message)
        if (heard.sessionId !== sessionId || said.id !== id) return
        tabs.off('Target.receivedMessageFromTarget', hear)
        if (said.result?.exceptionDetails) reject(new Error(JSON.stringify(said.result.exceptionDetails)))
        else resolve(said.result?.result?.value)
      }
      tabs.on('Target.receivedMessageFromTarget', hear)
      const params = { expression, awaitPromise: true }
      const message = JSON.stringify({ id, method: 'Runtime.evaluate', params })
      tabs.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject)
    })
  return {
    evaluate,
    activate: () => tabs.send('Target.activateTarget', { targetId }),
    close: () => tabs.send('Target.closeTarget', { targetId }),
  }
}
