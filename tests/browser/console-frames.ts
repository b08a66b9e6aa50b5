/**
 * What following a coordinator costs a page: ten thousand clients enrolled, rounds of several tasks going on without a pause, the
 * console open on a view for twenty seconds. Processor time of the page's main thread, from Chromium's own trace.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { nodePrimitives } from '@tributary/client-sdk/node'
import {
  encodePublicKey,
  encodeSignature,
  identityFromSeed,
  proveEnrolment,
} from '@tributary/protocols/crypto'
import { EnrolmentSecret } from '@tributary/protocols/rest'
import type { Page } from 'playwright-core'
import type { BenchRow } from '../bench/bench-row.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { launchForConsole, openConsole } from './console-browser.ts'
import { type FrameCosts, traceFrames } from './frame-costs.ts'

const ENROLLED = 10_000
const TASKS = 4
const CLIENTS_A_TASK = 12
/** Enrolments that are saved together. */
const AT_ONCE = 100
const WATCH_MS = 20_000
const AIM_MS = 16

export const benchConsoleFrames = async (): Promise<BenchRow[]> => {
  await using browser = await launchForConsole()
  await using coordinator = await startCoordinator()
  await enrolMany(coordinator, ENROLLED)
  await using _fleet = await startTraining(coordinator)
  const look = { theme: 'dark', width: 1_280, height: 900 } as const
  const { page } = await openConsole(browser, { url: coordinator.url, token: coordinator.adminToken, look })
  page.setDefaultTimeout(120_000)
  const heard = countEvents(page)
  const session = await page.context().newCDPSession(page)
  const watched = async (name: string, act: () => Promise<void>): Promise<BenchRow[]> => {
    heard.events = 0
    const startedAt = performance.now()
    const costs = await traceFrames(session, act)
    const seconds = (performance.now() - startedAt) / 1_000
    return rowsOfView(name, costs, heard.events / seconds)
  }

  await page.goto(coordinator.url)
  await page.waitForSelector('.open-round')
  await delay(2_000)
  const overview = await watched('overview', () => delay(WATCH_MS))
  await page.goto(`${coordinator.url}/clients`)
  await page.waitForSelector('text=/^10,\\d{3} in all/')
  const still = await watched('clients', () => delay(WATCH_MS))
  const scrolled = await watched('clients, scrolled through', () => scroll(page))
  return [...overview, ...still, ...scrolled]
}

const rowsOfView = (
  name: string,
  { busyMs, longestTaskMs }: FrameCosts,
  eventsPerSecond: number,
): BenchRow[] => {
  const sorted = busyMs.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
  const over = busyMs.filter((ms) => ms > AIM_MS).length
  const note = `${eventsPerSecond.toFixed(0)} live events/s; ${over} of ${busyMs.length} frames over ${AIM_MS} ms; longest task ${longestTaskMs.toFixed(1)} ms`
  return [
    { name: `${name}: median frame`, value: at(0.5), unit: 'ms' },
    { name: `${name}: 99th percentile`, value: at(0.99), unit: 'ms' },
    { name: `${name}: busiest frame`, value: at(1), unit: 'ms', note },
  ]
}

/** Enrolled as clients enrol, without the requests between. */
const enrolMany = async ({ operator, services }: TestCoordinator, count: number) => {
  const token = EnrolmentSecret.parse(await operator.invite(count))
  const enrolOne = async () => {
    const identity = identityFromSeed(randomBytes(32), nodePrimitives.createSigner)
    const answer = await services.clients.enrol({
      token,
      publicKey: encodePublicKey(identity.publicKey),
      proof: encodeSignature(proveEnrolment(identity, token)),
    })
    if ('kind' in answer) throw new Error(`a client was refused: ${JSON.stringify(answer)}`)
  }
  for (let n = 0; n < count; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, enrolOne))
}

const startTraining = async ({ url, operator }: TestCoordinator): Promise<AsyncDisposable> => {
  const fleet: LineClient[] = []
  for (let t = 0; t < TASKS; t++) {
    const task = `task-${t}`
    const token = await operator.invite(CLIENTS_A_TASK)
    await operator.createTask(
      lineTask({ id: task, clients: CLIENTS_A_TASK, schedule: { kind: 'continuous', pauseSeconds: 0.2 } }),
    )
    for (let n = 0; n < CLIENTS_A_TASK; n++)
      fleet.push(await lineClient(token, { url, task, rows: rowsOf(n + 1) }))
  }
  await Promise.all(fleet.map(({ client }) => client.join()))
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(fleet.map(({ client }) => client.leave()))
    },
  }
}

const countEvents = (page: Page): { events: number } => {
  const heard = { events: 0 }
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).startsWith('42/admin,')) heard.events += 1
    }),
  )
  return heard
}

/** From the first row to the last and back, a screen at a time. */
const scroll = async (page: Page) => {
  await page.mouse.move(640, 600)
  for (let n = 0; n < 150; n++) {
    await page.mouse.wheel(0, n < 75 ? 4_800 : -4_800)
    await delay(100)
  }
}
