import type { BrowserContext, Page } from 'playwright-core'
import { until } from '../fleet/until.ts'
import type { InPage, Learner, LearnerOptions } from './page/learner.ts'

export type LearnerPage = {
  page: Page
  /** The app in the page, asked. */
  ask<T>(question: (learner: Learner) => T | Promise<T>): Promise<T>
  enrol(token: string): Promise<string>
  join(): Promise<void>
  /** Joins, and is held: another tab takes part. */
  joinBehind(): Promise<void>
  /** Probabilities of the kinds for each point, row by row. */
  predict(inputs: Float32Array): Promise<Float32Array>
  /** Waits until the app has heard, or come to, what is looked for. */
  sees<T>(what: string, look: (heard: Learner['heard']) => T | undefined | false): Promise<T>
  /** Loads the page anew: what was in memory is gone. */
  reload(): Promise<void>
  /** What the page wrote to its console as an error, threw and did not catch, or was not allowed to do. */
  faults: string[]
  /** Requests to the coordinator, since the beginning: `GET /api/v1/blobs/sha256:…`. */
  requests: string[]
}

/** A browser that draws without a graphics card shares the processor with everything else. */
export const PATIENCE = { withinMs: 30_000, everyMs: 20 }

/** A page with the app in it, which has neither enrolled nor joined. */
export const openLearnerPage = async (
  context: BrowserContext,
  { address, learner }: { address: string; learner: LearnerOptions },
): Promise<LearnerPage> => {
  const page = await context.newPage()
  const faults: string[] = []
  const requests: string[] = []
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // zod tries whether it may compile its checks, and does without where it may not.
      if (blockedURI !== 'eval') console.error(`${violatedDirective} keeps this page from ${blockedURI}`)
    }),
  )
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin === learner.coordinator) requests.push(`${request.method()} ${url.pathname}`)
  })
  const open = async () => {
    await page.waitForFunction(() => 'openLearner' in globalThis)
    await page.evaluate((options) => void (globalThis as InPage).openLearner(options), learner)
  }
  await page.goto(address)
  await open()
  const ask: LearnerPage['ask'] = async (question) => {
    const app = await page.evaluateHandle(() => (globalThis as InPage).learner)
    return app.evaluate(question)
  }
  const sees: LearnerPage['sees'] = async (what, look) => {
    const looking = until(
      `the page to see ${what}`,
      async () => look(await ask((app) => app.heard)),
      PATIENCE,
    )
    return looking.catch((cause) => {
      throw new Error(`the page does not see ${what}, and says: ${faults.join('; ') || 'nothing'}`, { cause })
    })
  }
  return {
    page,
    ask,
    sees,
    faults,
    requests,
    enrol: (token) => page.evaluate((text) => (globalThis as InPage).learner.enrol(text), token),
    async join() {
      const welcome = sees('a welcome', ({ states }) => states.includes('waiting'))
      await Promise.all([ask((app) => app.join()), welcome])
    },
    async joinBehind() {
      await ask((app) => void app.join())
      await sees('another tab at work', ({ states }) => states.at(-1) === 'held')
    },
    predict: async (inputs) =>
      Float32Array.from(
        await page.evaluate((values) => (globalThis as InPage).learner.predict(values), [...inputs]),
      ),
    async reload() {
      await page.reload()
      await open()
    },
  }
}
