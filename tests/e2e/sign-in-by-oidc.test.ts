import { createLogger, type ServeOptions } from '@tributary/coordinator'
import { AuditPage, restPaths, SessionPage, SessionView, SignInView } from '@tributary/protocols/rest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Jar, openJar } from '../fleet/browser-jar.ts'
import { type Lie, OIDC_CLIENT, type OpenidProvider, startOpenidProvider } from '../fleet/openid-provider.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'

let provider: OpenidProvider
let coordinator: TestCoordinator
let logged: string[]
let jar: Jar

const optionsOf = (): NonNullable<ServeOptions['oidc']> => ({
  issuer: provider.issuer,
  clientId: OIDC_CLIENT.id,
  clientSecret: { reveal: () => OIDC_CLIENT.secret },
  scopes: 'openid profile',
  name: 'Example ID',
  roleClaims: ['roles', 'groups'],
  roles: { admin: ['fl-admins'], operator: ['fl-ops'], viewer: ['staff'] },
})

beforeEach(async () => {
  provider = await startOpenidProvider()
  logged = []
  coordinator = await startCoordinator({
    oidc: optionsOf(),
    limits: { perMinute: 'off', guessesPerMinute: 100 },
    logger: createLogger({ level: 'trace' }, { write: (line) => void logged.push(line) }),
  })
  jar = openJar(coordinator.url)
})
afterEach(async () => {
  await coordinator[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

const login = (returnTo?: string) =>
  `${coordinator.url}/auth/oidc/login${returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`}`
const fromOwnPage = { 'sec-fetch-site': 'same-origin' }
const me = (of = jar) => of.ask(coordinator.url + restPaths.session, { headers: fromOwnPage })
const audited = async () =>
  AuditPage.parse((await coordinator.operator.call('GET', `${restPaths.audit}?limit=200`)).body).items.filter(
    ({ action }) => action.startsWith('session.'),
  )

test('a person whom the provider names signs in, does what their role allows, and signs out', async () => {
  provider.person = { sub: 'eve-1', name: 'Eve', groups: ['others', 'fl-ops'] }
  const ways = SignInView.parse(await (await fetch(coordinator.url + restPaths.signIn)).json())
  expect(ways.oidc).toEqual({ name: 'Example ID', path: '/auth/oidc/login' })

  const { path } = await jar.visit(login('/tasks/digits?tab=rounds'))
  expect(path.at(-1)).toBe(`${coordinator.url}/tasks/digits?tab=rounds`)
  expect([...jar.cookies.keys()]).toEqual(['tributary-session'])
  const session = SessionView.parse(await (await me()).json())
  expect(session).toMatchObject({ id: 'oidc:eve-1', name: 'Eve', role: 'operator' })

  const invite = (headers: Record<string, string>) =>
    jar.ask(coordinator.url + restPaths.enrolmentTokens, {
      method: 'POST',
      headers: { ...fromOwnPage, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name: 'phones' }),
    })
  expect((await invite({})).status).toBe(403)
  expect((await invite({ 'x-csrf-token': session.csrf })).status).toBe(201)
  expect((await jar.ask(coordinator.url + restPaths.audit, { headers: fromOwnPage })).status).toBe(403)

  const out = await jar.ask(coordinator.url + restPaths.session, {
    method: 'DELETE',
    headers: { ...fromOwnPage, 'x-csrf-token': session.csrf },
  })
  expect(out.status).toBe(204)
  expect(jar.cookies.size).toBe(0)
  expect((await me()).status).toBe(401)
  const [opened, closed] = await audited()
  expect(opened).toMatchObject({
    actor: 'oidc:eve-1',
    action: 'session.opened',
    detail: { by: 'oidc', name: 'Eve', role: 'operator' },
  })
  expect(closed).toMatchObject({ actor: 'oidc:eve-1', action: 'session.closed', subject: opened?.subject })
})

test('an admin sees who is signed in, and ends a session for good', async () => {
  provider.person = { sub: 'eve-1', name: 'Eve', roles: ['staff'] }
  await jar.visit(login())
  const { items } = SessionPage.parse((await coordinator.operator.call('GET', restPaths.sessions)).body)
  expect(items).toMatchObject([{ owner: 'oidc:eve-1', name: 'Eve', role: 'viewer' }])
  const path = restPaths.consoleSession(items[0]?.id ?? '')
  expect((await coordinator.operator.call('DELETE', path)).status).toBe(204)
  expect((await me()).status).toBe(401)
  expect((await coordinator.operator.call('DELETE', path)).status).toBe(404)
})

test('what is only told at the userinfo endpoint counts too, of the same person alone', async () => {
  provider.onlyInUserinfo = { groups: ['fl-admins'] }
  await jar.visit(login())
  expect(SessionView.parse(await (await me()).json()).role).toBe('admin')

  provider.lie = 'another-subject-in-userinfo'
  const other = openJar(coordinator.url)
  expect((await other.visit(login())).response.status).toBe(401)
  expect(other.cookies.size).toBe(0)
})

test('a person without a role is let in to nothing, is told so, and is in the audit log', async () => {
  provider.person = { sub: 'eve-1', name: '<script>alert(1)</script>', groups: ['others'] }
  const { response } = await jar.visit(login())
  expect(response.status).toBe(403)
  const page = await response.text()
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;, who has no role here')
  expect(page).not.toContain('<script')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(jar.cookies.size).toBe(0)
  expect(await audited()).toMatchObject([
    { actor: 'oidc:eve-1', action: 'session.refused', detail: { reason: 'no role' } },
  ])
})

describe('nobody is signed in', () => {
  test.each<Lie>(['another-nonce', 'another-audience', 'another-issuer', 'expired', 'forged', 'unsigned'])(
    'by an ID token that is %s',
    async (lie) => {
      provider.person = { sub: 'eve-1', roles: ['fl-admins'] }
      provider.lie = lie
      const { response } = await jar.visit(login())
      expect(response.status).toBe(401)
      expect(jar.cookies.size).toBe(0)
      expect(await audited()).toEqual([])
    },
  )

  test('who declines at the provider', async () => {
    provider.person = undefined
    const { response } = await jar.visit(login())
    expect(response.status).toBe(401)
    expect(await response.text()).toContain('Example ID did not let you in')
  })

  test('whose browser did not begin: another’s answer is worth nothing to it', async () => {
    provider.person = { sub: 'mallory', roles: ['fl-admins'] }
    const mallory = openJar(coordinator.url)
    const began = await mallory.ask(login())
    const back = await fetch(began.headers.get('location') ?? '', { redirect: 'manual' })
    const callback = back.headers.get('location') ?? ''
    expect(callback).toContain('/auth/oidc/callback?')

    expect((await jar.visit(callback)).response.status).toBe(401)
    await jar.ask(login()) // has an attempt of its own, of another state
    expect((await jar.visit(callback)).response.status).toBe(401)
    expect(jar.cookies.size).toBe(0)
    expect(provider.exchanged).toBe(0)
  })

  test('a second time by the same answer', async () => {
    provider.person = { sub: 'eve-1', roles: ['staff'] }
    const began = await jar.ask(login())
    const attempt = [...jar.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const back = await fetch(began.headers.get('location') ?? '', { redirect: 'manual' })
    const callback = back.headers.get('location') ?? ''
    expect((await jar.visit(callback)).path.at(-1)).toBe(`${coordinator.url}/`)
    const again = await fetch(callback, { headers: { cookie: attempt }, redirect: 'manual' })
    expect(again.status).toBe(401)
    expect(again.headers.getSetCookie().some((line) => line.startsWith('tributary-session='))).toBe(false)
  })

  test.each(['', '?code=x', '?code=x&state=y', '?error=access_denied', `?code=${'x'.repeat(5_000)}`])(
    'by a made-up answer %#',
    async (query) => {
      const callback = `${coordinator.url}/auth/oidc/callback${query}`
      expect((await fetch(callback)).status).toBe(401)
      await jar.ask(login())
      expect((await jar.ask(callback)).status).toBe(401)
      expect(jar.cookies.has('tributary-session')).toBe(false)
    },
  )

  test('while the provider is out of order, and somebody is once it is back; tokens go on', async () => {
    provider.person = { sub: 'eve-1', roles: ['staff'] }
    provider.lie = 'broken'
    const { response } = await jar.visit(login())
    expect(response.status).toBe(503)
    expect((await coordinator.operator.call('GET', restPaths.tasks)).status).toBe(200)
    provider.lie = undefined
    await jar.visit(login())
    expect((await me()).status).toBe(200)
  })
})

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/.//evil.example',
  '/auth/oidc/login',
])('who asks to be led to %s stays in the console', async (returnTo) => {
  provider.person = { sub: 'eve-1', roles: ['staff'] }
  expect((await jar.visit(login(returnTo))).path.at(-1)).toBe(`${coordinator.url}/`)
})

test('the provider’s page leads back to the public address, whatever host is asked', async () => {
  await using elsewhere = await startCoordinator({ oidc: optionsOf(), publicUrl: 'https://fl.example' })
  const response = await fetch(`${elsewhere.url}/auth/oidc/login`, {
    redirect: 'manual',
    headers: { 'x-forwarded-host': 'evil.example' },
  })
  expect(response.status).toBe(303)
  const { origin, searchParams } = new URL(response.headers.get('location') ?? '')
  expect(origin).toBe(provider.issuer)
  expect(Object.fromEntries(searchParams)).toEqual({
    response_type: 'code',
    client_id: OIDC_CLIENT.id,
    redirect_uri: 'https://fl.example/auth/oidc/callback',
    scope: 'openid profile',
    state: expect.stringMatching(/^.{43}$/),
    nonce: expect.stringMatching(/^.{43}$/),
    code_challenge: expect.stringMatching(/^.{43}$/),
    code_challenge_method: 'S256',
  })
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-tributary-oidc=/)
  expect(cookie).toMatch(/; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
})

test('no secret of it is in the log, the audit log or the address bar', async () => {
  provider.person = { sub: 'eve-1', roles: ['staff'] }
  const { path } = await jar.visit(login('/tasks'))
  provider.lie = 'forged'
  await openJar(coordinator.url).visit(login())
  const codes = path.flatMap((url) => new URL(url).searchParams.getAll('code'))
  expect(codes).toHaveLength(1)
  const told = logged.join('') + JSON.stringify(await audited())
  expect(told).toContain('somebody could not sign in')
  for (const secret of [OIDC_CLIENT.secret, jar.cookies.get('tributary-session') ?? 'none', ...codes])
    expect(told).not.toContain(secret)
  expect(path.at(-1)).toBe(`${coordinator.url}/tasks`)
})
