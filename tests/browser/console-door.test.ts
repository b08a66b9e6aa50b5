/** What a real browser makes of the console's cookie, its policy, and pages of others. */
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { AuditPage, OperatorTokenView, restPaths, SessionView } from '@tributary/protocols/rest'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { launchChromium } from './chromium.ts'

let browser: Browser
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let coordinator: TestCoordinator
let elsewhere: Server
let elsewhereUrl: string
let token: string
let context: BrowserContext
let page: Page

/** A console whose page does what a careless one would, and another site's page. */
const CONSOLE = `<!doctype html><title>Console</title>
  <script>globalThis.inline = true</script>
  <body><img src="data:," onerror="globalThis.handler = true">
  <script type="module" src="/assets/page-1.js"></script>`

beforeAll(async () => {
  browser = await launchChromium()
  folder = await temporaryFolder()
  await mkdir(`${folder.path}/dist/assets`, { recursive: true })
  await writeFile(`${folder.path}/dist/index.html`, CONSOLE)
  await writeFile(
    `${folder.path}/dist/assets/page-1.js`,
    "globalThis.loaded = true; try { eval('1') } catch { globalThis.refused = true }",
  )
  coordinator = await startCoordinator({ console: { folder: `${folder.path}/dist` }, cors: { kind: 'any' } })
  const made = await coordinator.operator.call('POST', restPaths.operatorTokens, {
    name: 'Ada',
    role: 'admin',
  })
  token = OperatorTokenView.parse(made.body).token
  elsewhere = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title><body>'),
  )
  await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening))
  const address = elsewhere.address()
  elsewhereUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(async () => {
  await browser?.close()
  elsewhere?.close()
  await coordinator?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
  await page.goto(`${coordinator.url}/tasks/digits`)
})
afterEach(() => context.close())

type Sent = {
  path: string
  method?: string
  headers?: Record<string, string>
  body?: string
  credentials?: 'include'
}

/** A request as a page makes it; 0 where the browser lets the page read no answer. */
const send = (from: Page, { path, ...init }: Sent) =>
  from.evaluate(
    ([url, sent]) =>
      fetch(url, sent).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        () => ({ status: 0, text: '' }),
      ),
    [coordinator.url + path, init] as const,
  )

const signIn = async () => {
  const answer = await send(page, {
    path: restPaths.session,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  expect(answer.status).toBe(201)
  return SessionView.parse(JSON.parse(answer.text))
}

const invitation = { path: restPaths.enrolmentTokens, method: 'POST', body: '{"name":"phones"}' }
const invitations = async () =>
  AuditPage.parse((await coordinator.operator.call('GET', `${restPaths.audit}?limit=200`)).body).items.filter(
    ({ action }) => action === 'enrolment-token.created',
  ).length

test('a page of the console runs its own files, and neither script in its markup nor text that becomes markup', async () => {
  await page.waitForFunction(() => 'loaded' in globalThis)
  const found = await page.evaluate(() => {
    const outcome = (act: () => void) => {
      try {
        act()
        return 'done'
      } catch (error) {
        return error instanceof Error ? error.name : 'thrown'
      }
    }
    return {
      inline: 'inline' in globalThis,
      handler: 'handler' in globalThis,
      innerHtml: outcome(() => Reflect.set(document.body, 'innerHTML', '<b>x</b>')),
      evaluated: !('refused' in globalThis),
    }
  })
  expect(found).toEqual({ inline: false, handler: false, innerHtml: 'TypeError', evaluated: false })
})

test('its cookie is out of scripts’ reach, stays over a reload, and goes at signing out', async () => {
  const { csrf } = await signIn()
  expect(await page.evaluate(() => document.cookie)).toBe('')
  expect(await context.cookies()).toMatchObject([
    { name: 'tributary-session', httpOnly: true, sameSite: 'Strict', path: '/' },
  ])
  await page.reload()
  const again = await send(page, { path: restPaths.session })
  expect(SessionView.parse(JSON.parse(again.text))).toMatchObject({ name: 'Ada', csrf })

  const before = await invitations()
  const type = { 'content-type': 'application/json' }
  expect((await send(page, { ...invitation, headers: type })).status).toBe(403)
  expect(await invitations()).toBe(before)
  expect((await send(page, { ...invitation, headers: { ...type, 'x-csrf-token': csrf } })).status).toBe(201)
  expect(await invitations()).toBe(before + 1)

  const out = await send(page, {
    path: restPaths.session,
    method: 'DELETE',
    headers: { 'x-csrf-token': csrf },
  })
  expect(out.status).toBe(204)
  expect(await context.cookies()).toEqual([])
  expect((await send(page, { path: restPaths.session })).status).toBe(401)
})

test('another port of the same host, to which browsers send the cookie too, is nobody with it, though CORS lets its pages in', async () => {
  const { csrf } = await signIn()
  const before = await invitations()
  const other = await context.newPage()
  await other.goto(elsewhereUrl)

  const answers: string[] = []
  other.on('response', (response) => {
    if (response.url().startsWith(coordinator.url) && response.request().method() !== 'OPTIONS')
      answers.push(`${response.request().method()} ${response.status()}`)
  })
  const read = await send(other, { path: restPaths.session, credentials: 'include' })
  expect(read.status).toBe(0)
  const written = await send(other, {
    ...invitation,
    credentials: 'include',
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
  })
  expect(written.status).toBe(0)
  // A form needs no leave of CORS.
  await other.evaluate((action) => {
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action, enctype: 'text/plain' })
    document.body.append(form)
    form.submit()
  }, coordinator.url + restPaths.enrolmentTokens)
  await other.waitForURL(`${coordinator.url}/**`)
  await expect.poll(() => answers).toEqual(['POST 401'])
  expect(await invitations()).toBe(before)
})

test('nobody shows the console in a frame', async () => {
  const other = await context.newPage()
  await other.goto(elsewhereUrl)
  await other.evaluate((src) => {
    const frame = document.createElement('iframe')
    frame.src = src
    document.body.append(frame)
  }, `${coordinator.url}/`)
  await expect
    .poll(() => other.frames().map((frame) => frame.url()))
    .toEqual([`${elsewhereUrl}/`, 'chrome-error://chromewebdata/'])
})
