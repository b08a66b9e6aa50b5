/** Devices on which things are not as they should be, in Chromium. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { vectorTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { type DevicePage, type DevicePageOptions, openDevicePage } from './device-page.ts'
import { PATIENCE } from './learner-page.ts'
import { type SlowLine, startSlowLine } from './slow-line.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 120_000 })

const DAY_MS = 86_400_000
/** 400 ms to and fro, 400 kbit/s either way. Chromium's own emulation would leave WebSockets as they are. */
const SLOW = { lateMs: 200, bytesPerSecond: 50_000 }

let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/device.ts', import.meta.url))
})
afterAll(() => stage?.[Symbol.asyncDispose]())

/** A page that adds one to every weight, of this many. */
const aDevice = (weights: number, options: Pick<DevicePageOptions, 'held' | 'line'> = {}) =>
  openDevicePage(stage, {
    task: vectorTask({ clients: 1, tensors: [{ name: 'w', shape: [weights], dtype: 'F32' }] }),
    trainer: 'adds-one',
    ...options,
  })

/** The weights after this many rounds: they began as ones. */
const expectWeights = async ({ coordinator }: DevicePage, rounds: number) => {
  const weights = await coordinator.operator.weights('vector', 1 + rounds)
  expect([...new Set(weights)]).toEqual([1 + rounds])
}

const troubles = (device: DevicePage) =>
  device.ask(({ heard }) => ({ failed: heard.failed, errors: heard.errors }))

test('a device whose storage has no room for models goes on, and says once of each place that has none', async () => {
  await using device = await aDevice(250_000)
  await device.page.goto(device.origin)
  // Room for what the client is; a model is 1 MB.
  await device.instruments.send('Storage.overrideQuotaForOrigin', {
    origin: device.origin,
    quotaSize: 600_000,
  })
  await device.open()
  await device.takePart()
  for (const _ of [1, 2, 3, 4]) await device.completed(await device.begin())
  const { failed, errors } = await troubles(device)
  expect(failed).toEqual([])
  // The cache of downloads, and the newest model for times without a network.
  expect(errors.sort()).toEqual([
    expect.stringMatching(/^storage-failed: .*tributary-models .*there is space/),
    expect.stringMatching(/^storage-failed: .*tributary-records .*there is space/),
  ])
  await expectWeights(device, 4)
})

test.each([
  ['ahead', DAY_MS],
  ['behind', -DAY_MS],
])('a device whose clock is a day %s takes part as others do, also when it is set right', async (_, off) => {
  await using device = await aDevice(10)
  // The first page is wrong, the one after it is not.
  await device.context.addInitScript((ms) => {
    const [Right, wrongBy] = [Date, sessionStorage.getItem('began') === null ? ms : 0]
    sessionStorage.setItem('began', 'yes')
    globalThis.Date = class extends Right {
      constructor(...given: [] | [number]) {
        super(...((given.length === 0 ? [Right.now() + wrongBy] : given) as [number]))
      }
      static override now() {
        return Right.now() + wrongBy
      }
    } as DateConstructor
  }, off)
  await device.open()
  expect(Math.abs((await device.ask(({ now }) => now())) - Date.now() - off)).toBeLessThan(60_000)
  await device.takePart()
  for (const _ of [1, 2]) await device.completed(await device.begin())
  expect(await troubles(device)).toEqual({ failed: [], errors: [] })

  await device.open()
  expect(Math.abs((await device.ask(({ now }) => now())) - Date.now())).toBeLessThan(60_000)
  await device.ask(({ client }) => client.join())
  for (const _ of [3, 4]) await device.completed(await device.begin())
  expect(await troubles(device)).toEqual({ failed: [], errors: [] })
  await expectWeights(device, 4)
})

describe('over a line as slow as 3G, a round with 200 kB of weights', () => {
  const WEIGHTS = 50_000
  let slow: SlowLine
  const slowDevice = () =>
    aDevice(WEIGHTS, {
      line: async (url) => {
        slow = await startSlowLine(url, SLOW)
        return slow
      },
    })

  test('is finished', async () => {
    await using device = await slowDevice()
    await device.open()
    await device.takePart()
    const startedAt = performance.now()
    await device.completed(await device.begin())
    // 200 kB up alone take 4 seconds.
    expect(performance.now() - startedAt).toBeGreaterThan(4_000)
    expect(await troubles(device)).toEqual({ failed: [], errors: [] })
    await expectWeights(device, 1)
  })

  test('is finished when the line breaks off in the middle of the upload, and counts the update once', async () => {
    await using device = await slowDevice()
    const uploads: string[] = []
    device.page.on('request', (request) => {
      if (request.method() === 'PUT') uploads.push(request.url())
    })
    await device.open()
    await device.takePart()
    const round = await device.begin()
    await until('an upload', () => uploads.length > 0, PATIENCE)
    const before = slow.up()
    await until('half of it', () => slow.up() > before + 2 * WEIGHTS, PATIENCE)
    slow.breakOff()
    const broken = slow.up()
    await device.completed(round)
    // All of it came anew, which Chromium does by itself where the connection was one of earlier requests.
    expect(slow.up() - broken).toBeGreaterThan(4 * WEIGHTS)
    expect(await device.ask(({ heard }) => heard.submitted)).toEqual([round])
    expect((await troubles(device)).failed).toEqual([])
    await expectWeights(device, 1)
  })
})
