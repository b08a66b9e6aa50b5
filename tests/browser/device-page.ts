/** A page on a device, the only client of its rounds, and a coordinator. */
import type { TaskFileInput } from '@tributary/protocols/task'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import type { Device, DeviceOptions, InPage } from './page/device.ts'
import type { Stage } from './stage.ts'

export type DevicePage = AsyncDisposable & {
  coordinator: TestCoordinator
  context: BrowserContext
  page: Page
  /** Chromium's own instruments. */
  instruments: CDPSession
  origin: string
  ask<T>(question: (device: Device) => T | Promise<T>): Promise<T>
  /** Loads the page, anew where it was there, and begins the app. */
  open(): Promise<void>
  /** Enrols and joins. */
  takePart(): Promise<void>
  begin(): Promise<string>
  /** Waits until the round has completed with this page's update, and the page has the version that it made. */
  completed(round: string): Promise<void>
}

export type DevicePageOptions = Omit<DeviceOptions, 'coordinator' | 'task'> & {
  task: TaskFileInput
  /** What lies between the page and this address of the coordinator. */
  line?(url: string): Promise<AsyncDisposable & { url: string }>
}

export const openDevicePage = async (
  { browser, site }: Stage,
  { task, line, ...options }: DevicePageOptions,
): Promise<DevicePage> => {
  await using ending = new AsyncDisposableStack()
  const coordinator = ending.use(
    await startCoordinator({ cors: { kind: 'origins', origins: [site.origin] } }),
  )
  const { operator, settled } = coordinator
  const { url } = line ? ending.use(await line(coordinator.url)) : coordinator
  await operator.createTask(task)
  const context = ending.use(await browser.newContext())
  const page = await context.newPage()
  const instruments = await context.newCDPSession(page)
  const ask: DevicePage['ask'] = async (question) => {
    const device = await page.evaluateHandle(() => (globalThis as InPage).device)
    try {
      return await device.evaluate(question)
    } finally {
      await device.dispose()
    }
  }
  const end = ending.move()
  return {
    coordinator,
    context,
    page,
    instruments,
    origin: site.origin,
    ask,
    async open() {
      await page.goto(site.origin)
      await page.waitForFunction(() => 'openDevice' in globalThis)
      await page.evaluate((given: DeviceOptions) => (globalThis as InPage).openDevice(given), {
        ...options,
        coordinator: url,
        task: task.id,
      })
    },
    async takePart() {
      const token = await operator.invite(1)
      await page.evaluate(async (text) => {
        const { client } = (globalThis as InPage).device
        await client.enrol(text)
        await client.join()
      }, token)
    },
    begin: async () => (await operator.trigger(task.id)).id,
    async completed(id) {
      await settled(id)
      const round = await operator.round(id)
      if (round.phase !== 'completed') throw new Error(`${id} is ${round.phase}: ${JSON.stringify(round)}`)
      const { version } = round.version
      await page.evaluate((wanted) => (globalThis as InPage).device.has(wanted), version)
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  }
}
