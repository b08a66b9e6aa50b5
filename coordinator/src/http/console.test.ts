import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Problem } from '@tributary/protocols/rest'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleFiles } from '../adapters/files/console-files.ts'
import { aServer, aTask, type TestServer } from './http.builders.ts'

const PAGE = '<!doctype html><script type="module" src="/assets/index-abc123.js"></script>'
const BROWSER = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }

let folder: string
let server: TestServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-console-'))
  await mkdir(join(folder, 'dist/assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'not for the world')
  await writeFile(join(folder, 'dist/index.html'), PAGE)
  await writeFile(join(folder, 'dist/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(folder, 'dist/assets/index-abc123.js'), 'export {}')
  await writeFile(join(folder, 'dist/assets/index-abc123.js.gz'), 'zipped')
  await writeFile(join(folder, 'dist/assets/index-abc123.css'), 'body{}')
  await symlink('../../secret.txt', join(folder, 'dist/assets/link.txt'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => server.close())

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  server.ask(path, { token: '', headers, method })

/** What `fetch` would tidy up is sent as it is. */
const askBare = (path: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url)
    request({ hostname, port, path, headers: BROWSER }, (response) => {
      let text = ''
      response
        .on('data', (chunk) => (text += chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
      .on('error', reject)
      .end()
  })

describe('a console that was built', () => {
  beforeEach(async () => {
    server = await aServer(
      { tasks: { get: async () => aTask() } },
      { console: consoleFiles({ folder: join(folder, 'dist') }) },
    )
  })

  test.each(['/', '/?theme=dark', '/tasks', '/tasks/digits/rounds/3', '/clients/c-1?tab=rounds', '/apish'])(
    'answers a browser that asks for %s with its page, which is never kept',
    async (path) => {
      const response = await ask(path, BROWSER)
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(PAGE)
      expect(response.headers.get('content-type')).toMatch(/^text\/html/)
      expect(response.headers.get('cache-control')).toBe('no-store')
    },
  )

  test('has what it loads kept for ever, for its name says what is in it', async () => {
    for (const [path, type] of [
      ['/assets/index-abc123.js', /javascript/],
      ['/assets/index-abc123.css', /css/],
    ] as const) {
      const response = await ask(path, { 'accept-encoding': 'identity' })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toMatch(type)
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    }
    const icon = await ask('/icon.svg')
    expect(icon.headers.get('content-type')).toMatch(/svg/)
    expect(icon.headers.get('cache-control')).toBe('no-store')
  })

  test('sends what was compressed when it was built', async () => {
    const { hostname, port } = new URL(server.url)
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      request(
        { hostname, port, path: '/assets/index-abc123.js', headers: { 'accept-encoding': 'gzip' } },
        (response) => resolve(response.resume().headers),
      )
        .on('error', reject)
        .end()
    })
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': expect.stringMatching(/javascript/),
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })

  test('runs its own scripts alone, is framed by nobody and tells nobody where its visitors come from', async () => {
    for (const path of ['/', '/tasks', '/assets/index-abc123.js', '/icon.svg']) {
      const { headers } = await ask(path, BROWSER)
      const policy = headers.get('content-security-policy') ?? ''
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
      ])
        expect(policy.split('; ')).toContain(part)
      expect(policy).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    }
  })

  test.each([
    '/api/v1/nothing',
    '/api',
    '/auth/nothing',
    '/docs/nothing',
    '/socket.io/',
    '/assets/gone.js',
    '/metrics/x',
  ])('%s stays a problem, also to a browser', async (path) => {
    const response = await ask(path, BROWSER)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(Problem.parse(await response.json()).status).toBe(404)
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  test('what asks for no page is given none', async () => {
    const response = await ask('/tasks', { accept: 'application/json' })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect((await ask('/tasks', BROWSER, 'POST')).status).toBe(404)
  })

  test('the interface is where it was', async () => {
    expect((await server.ask('/api/v1/tasks/digits')).status).toBe(200)
    expect((await ask('/healthz', BROWSER)).status).toBe(200)
    expect((await ask('/docs/', BROWSER)).status).toBe(200)
    expect((await ask('/api/v1/tasks', BROWSER, 'PUT')).status).toBe(405)
  })

  test('a part of a file is not to be had, nor one beyond its end asked for in vain', async () => {
    for (const range of ['bytes=0-1', 'bytes=999999-', 'bytes=-0'])
      for (const path of ['/', '/assets/index-abc123.css']) {
        const response = await ask(path, { ...BROWSER, range })
        expect([response.status, response.headers.get('accept-ranges')]).toEqual([200, null])
      }
  })

  test('a HEAD is answered like a GET without its body', async () => {
    for (const path of ['/', '/tasks', '/assets/index-abc123.css']) {
      const response = await ask(path, BROWSER, 'HEAD')
      expect([response.status, await response.text()]).toEqual([200, ''])
    }
  })

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..\\..\\secret.txt',
    '//secret.txt',
    '/assets/%00',
    '/%',
  ])('%s leads out of its folder to nothing', async (path) => {
    const { text } = await askBare(path)
    expect(text).not.toContain('not for the world')
  })
})

describe('a console that was not built', () => {
  beforeEach(async () => {
    server = await aServer({}, { console: consoleFiles({ folder: join(folder, 'nowhere') }) })
  })

  test('says to a browser how to build it', async () => {
    const response = await ask('/', BROWSER)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
    expect(await response.text()).toContain('npm run build:console')
  })

  test('says so to a program in a problem', async () => {
    const problem = Problem.parse(await (await ask('/')).json())
    expect(problem).toMatchObject({ status: 404, detail: expect.stringContaining('npm run build:console') })
  })
})

test('a console that is switched off is not there', async () => {
  server = await aServer({}, { console: consoleFiles('off') })
  const response = await ask('/', BROWSER)
  expect(response.status).toBe(404)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
})
