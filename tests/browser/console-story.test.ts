/**
 * What somebody does who runs federated training from the console, in a real browser, against a coordinator that is a process of
 * its own, with two hundred clients. Every tab is marked when it is opened: one that was loaded anew has lost its mark.
 */
import type { createBrowserClient, FederatedClient } from '@tributary/client-sdk/browser'
import { OperatorTokenView, restPaths } from '@tributary/protocols/rest'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ensureConsole } from '../../scripts/ensure-console.ts'
import {
  type CoordinatorProcess,
  portToReturnTo,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { aGate, type Gate } from '../fleet/gate.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { openConsole } from './console-browser.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const CLIENTS = 200
/** Of them, those that hand over at once; the others wait for the gate. */
const PROMPT = 80
const TASK = 'story'
const LOOK = { theme: 'dark', width: 1_280, height: 900 } as const

let stage: Stage
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let coordinator: CoordinatorProcess
let operator: Operator
let token: string
let fleet: LineClient[]
/** Where clients of the round that goes on wait before they hand over. */
let gate: Gate
let context: BrowserContext
/** The tab in which things are done; the others are looked at. */
let main: Page
let tabs: Record<'overview' | 'tasks' | 'rounds' | 'metrics' | 'models' | 'clients', Page>

const start = (port: number) =>
  startCoordinatorProcess({ folder: folder.path, port, flags: ['--cors-origins', stage.site.origin] })

beforeAll(async () => {
  await ensureConsole()
  stage = await setStage(new URL('./page/control-path.ts', import.meta.url))
  folder = await temporaryFolder()
  coordinator = await start(await portToReturnTo())
  token = coordinator.firstAdminToken ?? ''
  operator = operatorOf(coordinator.url, token)
  const invitation = await operator.invite(CLIENTS)
  fleet = await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) =>
      lineClient(invitation, {
        url: coordinator.url,
        task: TASK,
        rows: rowsOf(n % 9),
        ...(n < PROMPT ? {} : { hold: (signal) => gate.hold(signal) }),
      }),
    ),
  )
})
afterAll(async () => {
  await Promise.all(fleet?.map(({ client }) => client.leave()) ?? [])
  await stage?.[Symbol.asyncDispose]()
  await coordinator?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

type Marked = typeof globalThis & { marked?: true }

const mark = (page: Page) =>
  page.evaluate(() => {
    ;(globalThis as Marked).marked = true
  })

const openTab = async (path: string): Promise<Page> => {
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(coordinator.url + path)
  await sees(page, 'header', 'live')
  await mark(page)
  return page
}

/** Waits until a place of the page says this, in the words that a reader sees. */
const sees = async (page: Page, place: string, words: string | RegExp) => {
  const found = page.locator(place)
  const looking = found.filter({ hasText: words }).first().waitFor()
  await looking.catch(async (cause) => {
    throw new Error(`${place} does not say ${words}, but ${(await found.allTextContents()).join(' | ')}`, {
      cause,
    })
  })
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
/** The button of the dialog that is open. */
const confirm = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click()

const seesOnline = (count: number) => sees(tabs.overview, '.figure', new RegExp(`^Online\\s*${count}$`))

test('sign in, and make a task of a file', async () => {
  ;({ context, page: main } = await openConsole(stage.browser, { url: coordinator.url, token, look: LOOK }))
  main.setDefaultTimeout(20_000)
  await mark(main)
  await main.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Tasks' }).click()
  await main.getByRole('link', { name: 'New task' }).click()
  await main.getByRole('link', { name: 'Task file' }).click()
  const file = {
    ...lineTask({ id: TASK, clients: CLIENTS, quorum: PROMPT, trainingSeconds: 600 }),
    title: 'A line',
  }
  const text = main.getByLabel('Task file', { exact: true })
  await text.fill(JSON.stringify({ ...file, cohort: { ...file.cohort, quorum: CLIENTS + 1 } }))
  await main.locator('.mistakes li').first().waitFor()
  await text.fill(JSON.stringify(file))
  await main.locator('.mistakes').waitFor({ state: 'detached' })
  await press(main, 'Create task')
  await main.waitForURL(`**/tasks/${TASK}`)
  await sees(main, 'h1', 'A line')
})

test('two hundred clients join, and every tab sees it and the round that follows', async () => {
  const opened = await Promise.all(
    [
      '/',
      '/tasks',
      `/tasks/${TASK}`,
      `/tasks/${TASK}?tab=metrics`,
      `/tasks/${TASK}?tab=models`,
      '/clients',
    ].map(openTab),
  )
  const [overview, tasks, rounds, metrics, models, clients] = opened
  if (!(overview && tasks && rounds && metrics && models && clients)) throw new Error('a tab is missing')
  tabs = { overview, tasks, rounds, metrics, models, clients }
  await tabs.overview.getByText('No round in flight').waitFor()
  await seesOnline(0)
  await tabs.metrics.getByText('No metrics yet').waitFor()
  await Promise.all(fleet.map(({ client }) => client.join()))
  await seesOnline(CLIENTS)
  await sees(tabs.clients, 'tbody tr', 'online')

  gate = aGate()
  await press(main, 'Trigger a round')
  await main.waitForURL(`**/tasks/${TASK}/rounds/1`)
  await sees(main, '.goal-words', `${PROMPT} in`)
  await sees(main, '.goal-words', 'The quorum is met.')
  await sees(main, '.stages', new RegExp(`downloading ${CLIENTS - PROMPT}.*uploaded ${PROMPT}`))
  await sees(tabs.overview, '.open-round', `${PROMPT} of ${CLIENTS} received`)
  await sees(tabs.tasks, 'tbody tr', 'training')
  await sees(tabs.rounds, 'tbody tr', `${PROMPT} of ${CLIENTS}`)

  gate.open()
  await sees(main, 'header.page-header, .page-header', 'completed')
  await sees(main, '.goal-words', `${CLIENTS} in`)
  await tabs.overview.getByText('No round in flight').waitFor()
  await sees(tabs.overview, 'tbody tr', `${TASK}.1`)
  await sees(tabs.tasks, 'tbody tr', 'completed')
  await sees(tabs.rounds, 'tbody tr', '1 → 2')
  await tabs.metrics.locator('.chart').first().waitFor()
  await sees(tabs.models, 'tbody tr', /version 2.*in use/)
})

test('a round is abandoned, with a reason that stays with it', async () => {
  gate = aGate()
  await main.goBack()
  await press(main, 'Trigger a round')
  await main.waitForURL(`**/tasks/${TASK}/rounds/2`)
  await sees(main, '.goal-words', `${PROMPT} in`)
  await sees(tabs.overview, '.open-round', 'round 2')
  await press(main, 'Abandon round')
  await main.getByLabel('Reason').fill('the loss rose on the night shift')
  await confirm(main, 'Abandon round')
  await sees(main, '.page-header', 'abandoned')
  await sees(main, 'main', 'the loss rose on the night shift')
  await sees(tabs.rounds, 'tbody tr', 'the loss rose on the night shift')
  await sees(tabs.tasks, 'tbody tr', 'abandoned')
  await tabs.overview.getByText('No round in flight').waitFor()
})

test('a version is rolled back, with a reason', async () => {
  const first = tabs.models
    .getByRole('row')
    .filter({ has: tabs.models.getByRole('link', { name: 'version 1', exact: true }) })
  await first.getByRole('button', { name: 'Roll back' }).click()
  await tabs.models.getByLabel('Reason').fill('version 2 was worse')
  await confirm(tabs.models, 'Roll back')
  await sees(tabs.models, 'tbody tr', /version 3.*in use.*version 2 was worse/)
  await sees(tabs.overview, 'tbody tr', 'rolled back to 1')
  await tabs.tasks.getByRole('link', { name: '3', exact: true }).waitFor()
})

type InPage = typeof globalThis & {
  createBrowserClient: typeof createBrowserClient
  client: FederatedClient
}

test('a page in another tab enrols with an invitation, joins, and is seen', async () => {
  const { clients } = tabs
  await sees(clients, '.list-count', `${CLIENTS} in all`)
  await press(clients, 'Invite clients')
  await clients.getByLabel('Name').fill('a lorry')
  await confirm(clients, 'Make invitation')
  const code = await clients.locator('.secret', { hasText: 'Code' }).locator('pre').first().textContent()
  await confirm(clients, 'Done')

  const app = await context.newPage()
  await app.goto(stage.site.origin)
  await app.waitForFunction(() => 'createBrowserClient' in globalThis)
  const id = await app.evaluate(
    ([url, task, invitation]) => {
      const page = globalThis as InPage
      page.client = page.createBrowserClient({
        coordinator: url,
        task,
        trainer: { train: async ({ weights }) => ({ weights: weights.slice(), examples: 3, metrics: {} }) },
      })
      return page.client.consent.grant().then(() => page.client.enrol(invitation))
    },
    [coordinator.url, TASK, code ?? ''] as const,
  )
  await sees(clients, '.list-count', `${CLIENTS + 1} in all`)
  await clients.getByLabel('Id begins with').fill(id)
  await sees(clients, '.list-count', '1 match')
  await sees(clients, 'tbody tr', 'offline')
  await app.evaluate(() => (globalThis as InPage).client.join())
  await sees(clients, 'tbody tr', 'online')
  await seesOnline(CLIENTS + 1)
})

test('the server is lost in the middle of a round; all tabs say so, and catch up when it is back', async () => {
  gate = aGate()
  await main.goBack()
  await press(main, 'Trigger a round')
  await main.waitForURL(`**/tasks/${TASK}/rounds/3`)
  await sees(main, '.goal-words', 'The quorum is met.')
  await coordinator.kill()
  const all = [main, ...Object.values(tabs)]
  await Promise.all(all.map((page) => sees(page, '.line', 'offline')))
  gate.open()
  coordinator = await start(coordinator.port)
  await Promise.all(all.map((page) => sees(page, '.line', 'live')))
  await sees(main, '.page-header', 'completed')
  await sees(tabs.models, 'tbody tr', /version 4.*in use/)
  await sees(tabs.overview, 'tbody tr', `${TASK}.3`)
  await sees(tabs.rounds, 'tbody tr', '3 → 4')
  for (const page of all) expect(await page.evaluate(() => (globalThis as Marked).marked)).toBe(true)
})

test('a viewer sees what cannot be done and why, and the server refuses it too', async () => {
  const made = await operator.call('POST', restPaths.operatorTokens, { name: 'wall', role: 'viewer' })
  const { token: viewing } = OperatorTokenView.parse(made.body)
  const { page } = await openConsole(stage.browser, { url: coordinator.url, token: viewing, look: LOOK })
  const written: string[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET') written.push(request.url())
  })
  const why = 'This needs the role operator; you are signed in as viewer.'
  for (const [path, act] of [
    [`/tasks/${TASK}`, 'Trigger a round'],
    [`/tasks/${TASK}`, 'Finish'],
    [`/tasks/${TASK}?tab=models`, 'Roll back'],
    ['/clients', 'Invite clients'],
    ['/tasks', 'New task'],
  ] as const) {
    if (new URL(page.url()).pathname + new URL(page.url()).search !== path)
      await page.goto(coordinator.url + path)
    const button = page.getByRole('button', { name: act, exact: true, description: why }).first()
    await button.click({ force: true })
    expect(await button.getAttribute('aria-disabled')).toBe('true')
  }
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(written).toEqual([])

  const refused = await page.evaluate(
    async ([session, rounds]) => {
      const { csrf } = await (await fetch(session)).json()
      return (await fetch(rounds, { method: 'POST', headers: { 'x-csrf-token': csrf } })).status
    },
    [restPaths.session, `/api/v1/tasks/${TASK}/rounds`] as const,
  )
  expect(refused).toBe(403)
})

test('whoever signs out is out', async () => {
  await press(main, 'Sign out')
  await main.getByLabel('Operator token').waitFor()
  expect(await main.evaluate(() => (globalThis as Marked).marked)).toBe(true)
  await main.goto(`${coordinator.url}/tasks/${TASK}`)
  await main.getByLabel('Operator token').waitFor()
  expect(await main.evaluate((path) => fetch(path).then(({ status }) => status), restPaths.session)).toBe(401)
})
