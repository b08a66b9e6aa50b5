/** The keyboard example in Chromium, with its coordinator and six speakers: what a person sees, and what of it leaves the page. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DATASET_FILES, DEFAULT_DATA_FOLDER } from '@tributary/simulations'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { until } from '../fleet/until.ts'
import { launchChromium } from './chromium.ts'
import { type KeyboardWorld, startKeyboard } from './keyboard-world.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const SECRET = 'xyzzyplugh'
const PATIENCE = { withinMs: 30_000, everyMs: 50 }

const data = process.env.TRIBUTARY_DATA ?? DEFAULT_DATA_FOLDER
const present = DATASET_FILES['tiny-shakespeare'].every(({ path }) => existsSync(join(data, path)))
const note = present
  ? ''
  : ` (not run: no Tiny Shakespeare in ${data}; set TRIBUTARY_DATA to a folder that has it)`

let world: KeyboardWorld
let browser: Browser
let context: BrowserContext
let ann: Tab
let bob: Tab

/** A page, everything that Chromium has sent for it (its worker's requests are among them), and what it has thrown. */
type Tab = { page: Page; frames: string[]; requests: Request[]; faults: string[] }

const openAs = async (person: string, address = world.pageOf(person)): Promise<Tab> => {
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const tab: Tab = { page, frames: [], requests: [], faults: [] }
  page.on('pageerror', ({ message }) => tab.faults.push(message))
  page.on('request', (request) => tab.requests.push(request))
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => tab.frames.push(String(payload))))
  await page.goto(address)
  return tab
}

const toCoordinator = ({ requests }: Tab): Request[] =>
  requests.filter((request) => request.url().startsWith(world.opened.coordinator))

const suggestionsOf = ({ page }: Tab): Promise<string[]> =>
  page.getByRole('list', { name: 'Suggestions' }).getByRole('button').allInnerTexts()

const three = (tab: Tab): Promise<string[]> =>
  until(
    'three suggestions',
    async () => {
      const words = await suggestionsOf(tab)
      return words.every((word) => /^[a-zA-Z']+$/.test(word)) && words
    },
    PATIENCE,
  )

describe.skipIf(!present)(`the keyboard${note}`, () => {
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([
      startKeyboard(['--data', data, '--speakers', '6', '--workers', '1']),
      launchChromium(),
    ])
    context = await browser.newContext({ viewport: { width: 1_280, height: 860 }, reducedMotion: 'reduce' })
    await context.addInitScript(axe.source)
  })
  afterAll(async () => {
    await browser?.close()
    await world?.[Symbol.asyncDispose]()
  })

  test('asks first, and does nothing before', async () => {
    ann = await openAs('ann')
    await ann.page.getByRole('heading', { name: 'May this keyboard learn' }).waitFor()
    await axeFindsNothing(ann.page)
    expect(toCoordinator(ann)).toEqual([])
    expect(ann.frames).toEqual([])
    await ann.page.getByRole('button', { name: 'Yes, learn with me' }).click()
    expect(await three(ann)).toHaveLength(3)
  })

  test('two tabs are two people, each asked for itself', async () => {
    bob = await openAs('bob')
    await bob.page.getByRole('button', { name: 'Yes, learn with me' }).click()
    await three(bob)
    await bob.page.getByRole('button', { name: /^Take/ }).click()
    const idIn = ({ frames }: Tab) => /"authenticate","client":"([^"]+)"/.exec(frames.join('\n'))?.[1]
    const [annsId, bobsId] = await until(
      'both to have said who they are',
      () => {
        const [one, other] = [idIn(ann), idIn(bob)]
        return one !== undefined && other !== undefined && ([one, other] as const)
      },
      PATIENCE,
    )
    expect(annsId).not.toBe(bobsId)
  })

  test('what one types trains here, and suggestions get better round by round', async () => {
    const line = ann.page.getByLabel('Your line')
    await line.pressSequentially(`my good lord ${SECRET} `)
    await three(ann)
    await ann.page.getByRole('list', { name: 'Suggestions' }).getByRole('button').first().click()
    expect(await line.inputValue()).toMatch(new RegExp(`^my good lord ${SECRET} [a-zA-Z']+ $`))
    await line.press('Enter')
    await ann.page
      .getByText('1 line of yours')
      .or(ann.page.getByText('have an update of yours'))
      .first()
      .waitFor()
    for (const tab of [ann, bob])
      await tab.page.getByText(/\d+ rounds? (has|have) an update of yours/).waitFor({ timeout: 20_000 })

    await until(
      'three versions, one of them better than the start',
      () => {
        const [start, ...later] = world.judged
        return start && later.length > 2 && later.some(({ top3 }) => top3 > start.top3 + 0.05)
      },
      PATIENCE,
    )
    await until(
      'a version that both have judged',
      async () => {
        const version = Number(/\d+/.exec((await ann.page.locator('#round-title').textContent()) ?? '')?.[0])
        const shown = await ann.page.getByTestId('top3').textContent()
        const runners = world.judged.find((one) => one.version === version)
        return runners && shown === `${(100 * runners.top3).toFixed(1)} %`
      },
      PATIENCE,
    )
    await axeFindsNothing(ann.page)
  })

  test('in airplane mode nothing is sent, and it still predicts', async () => {
    await ann.page.getByRole('switch', { name: 'Airplane mode' }).check()
    await ann.page.getByText('Airplane mode: nothing is sent').waitFor()
    const before = [ann.frames.length, toCoordinator(ann).length]
    const line = ann.page.getByLabel('Your line')
    await line.fill('what is ')
    await three(ann)
    await line.fill('what is th')
    await until(
      'completions',
      async () => (await suggestionsOf(ann)).every((word) => word.startsWith('th')),
      PATIENCE,
    )
    expect([ann.frames.length, toCoordinator(ann).length]).toEqual(before)
  })

  test('line after line is kept, and each stays in sight', async () => {
    const lines = ['what news on the rialto', 'i know not', 'speak again']
    for (const written of lines) {
      await ann.page.getByLabel('Your line').fill(written)
      await ann.page.getByRole('button', { name: 'Keep', exact: true }).click()
    }
    await ann.page.getByText('4 lines of yours').waitFor()
    expect(await ann.page.locator('.thread li').allInnerTexts()).toEqual([
      expect.stringContaining(SECRET),
      ...lines,
    ])
    expect(await ann.page.locator('.thread li').last().isVisible()).toBe(true)
  })

  test('the panel counts what Chromium sent, and nothing that was typed is in it', async () => {
    const requests = toCoordinator(ann)
    const bodies = requests.map((request) => request.postDataBuffer() ?? Buffer.alloc(0))
    const claims = await Promise.all(
      requests.map(async (request) => (await request.allHeaders())['tributary-submission'] ?? ''),
    )
    const bytes = [
      ...bodies,
      ...claims.map((text) => Buffer.from(text)),
      ...ann.frames.map((text) => Buffer.from(text)),
    ]
    const panel = ann.page.locator('[data-sent-bytes]')
    expect({
      bytes: Number(await panel.getAttribute('data-sent-bytes')),
      messages: Number(await panel.getAttribute('data-sent-messages')),
    }).toEqual({
      bytes: bytes.reduce((sum, { length }) => sum + length, 0),
      messages: requests.length + ann.frames.length,
    })
    expect(bodies.some(({ length }) => length > 200_000)).toBe(true)
    const everything = [
      ...ann.requests.map((request) => request.url()),
      ...(await Promise.all(ann.requests.map(async (request) => JSON.stringify(await request.allHeaders())))),
      ...claims.map((text) => Buffer.from(text, 'base64url').toString()),
      ...ann.requests.map((request) => request.postDataBuffer()?.toString('latin1') ?? ''),
      ...ann.frames,
    ].join('\n')
    expect(everything).toContain('"examples":')
    expect(everything).not.toContain(SECRET)
    for (const request of ann.requests.filter((one) => !toCoordinator(ann).includes(one)))
      expect([request.method(), request.postData()]).toEqual(['GET', null])
  })

  test('“erase me” leaves nothing but that one withdrew, and the coordinator knows', async () => {
    expect(await recordsOf(bob.page, 'bob')).toMatchObject({ 'keyboard bob': 60 })
    await bob.page.getByRole('button', { name: 'Erase me' }).click()
    await bob.page.getByRole('button', { name: 'Erase everything of me' }).click()
    await bob.page.getByText('The coordinator was told').waitFor()
    await axeFindsNothing(bob.page)
    const left = Object.entries(await recordsOf(bob.page, 'bob')).filter(([, records]) => records > 0)
    expect(left).toEqual([[expect.stringMatching(/^tributary-records /), 1]])
    const bobsId = /"authenticate","client":"([^"]+)"/.exec(bob.frames.join('\n'))?.[1]
    const answer = await fetch(`${world.opened.coordinator}/api/v1/clients/${bobsId}`, {
      headers: { authorization: `Bearer ${world.opened.adminToken}` },
    })
    expect(z.looseObject({ status: z.string() }).parse(await answer.json()).status).toBe('withdrawn')
  })

  test('who is erased in airplane mode and begins again is on the line', async () => {
    const carl = await openAs('carl')
    await carl.page.getByRole('button', { name: 'Yes, learn with me' }).click()
    await three(carl)
    await carl.page.getByRole('switch', { name: 'Airplane mode' }).check()
    await carl.page.getByText('Airplane mode: nothing is sent').waitFor()
    await carl.page.getByRole('button', { name: 'Erase me' }).click()
    await carl.page.getByRole('button', { name: 'Erase everything of me' }).click()
    await carl.page.getByText('The coordinator was not reached').waitFor()
    await carl.page.getByRole('button', { name: 'Begin again' }).click()
    await carl.page.getByText('On the line. Write a line').waitFor()
    expect(carl.faults).toEqual([])
  })

  test('who was invited wrongly is told, may try again, and takes part with the right address', async () => {
    const wrong = world.pageOf('dora').replace(/(?<=tre_\w{24}_)./, (first) => (first === 'A' ? 'B' : 'A'))
    const dora = await openAs('dora', wrong)
    await dora.page.getByRole('button', { name: 'Yes, learn with me' }).click()
    const problem = dora.page.getByRole('alert')
    const asked = () => toCoordinator(dora).filter((request) => request.method() === 'POST').length
    await problem.getByText('did not enrol this client').waitFor()
    expect(asked()).toBe(1)
    await problem.getByRole('button', { name: 'Try again' }).click()
    await until('it to be asked again', () => asked() === 2, PATIENCE)
    await problem.getByText('did not enrol this client').waitFor()
    await dora.page.close()
    const invited = await openAs('dora')
    await invited.page.getByText('On the line. Write a line').waitFor()
    expect(await invited.page.getByRole('alert').count()).toBe(0)
    expect([...dora.faults, ...invited.faults]).toEqual([])
  })

  test('with everything stopped the page opens again, and predicts', async () => {
    await ann.page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
    expect(await world.left()).not.toEqual([])
    expect(await world.stop()).toBe(130)
    expect(await world.left()).toEqual([])
    await ann.page.reload()
    await ann.page.locator('.thread li').getByText('speak again').waitFor()
    await ann.page.getByLabel('Your line').fill('I pray ')
    expect(await three(ann)).toHaveLength(3)
    expect([...ann.faults, ...bob.faults]).toEqual([])
  })
})

type InPage = typeof globalThis & { axe: typeof axe }

const axeFindsNothing = async (page: Page): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const found = await page.evaluate(async () => {
      const { violations, passes } = await (globalThis as InPage).axe.run(document, {
        resultTypes: ['violations'],
      })
      return {
        violations: violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`),
        ),
        passed: passes.length,
      }
    })
    expect(found.violations, colorScheme).toEqual([])
    expect(found.passed).toBeGreaterThan(10)
  }
}

/** Records by database, of those that are this person's. */
const recordsOf = (page: Page, person: string): Promise<Record<string, number>> =>
  page.evaluate(async (own) => {
    const names = (await indexedDB.databases()).flatMap(({ name }) =>
      name?.endsWith(` ${own}`) ? [name] : [],
    )
    const counted = names.map(
      (name) =>
        new Promise<[string, number]>((resolve, reject) => {
          const opening = indexedDB.open(name)
          opening.onerror = () => reject(opening.error)
          opening.onsuccess = () => {
            const database = opening.result
            const [store] = database.objectStoreNames
            if (!store) return resolve([name, 0])
            const counting = database.transaction(store).objectStore(store).count()
            counting.onerror = () => reject(counting.error)
            counting.onsuccess = () => {
              database.close()
              resolve([name, counting.result])
            }
          }
        }),
    )
    return Object.fromEntries(await Promise.all(counted))
  }, person)
