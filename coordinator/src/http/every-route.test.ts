import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RouteOptions } from 'fastify'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { refuse } from '../refusal.ts'
import { anApp, json } from './http.builders.ts'

/** Routes that no description names: for browsers, the same for everybody, and of the coordinator's own. */
const UNDESCRIBED = [
  'GET /api/v1/openapi.json',
  'GET /auth/oidc/callback',
  'GET /auth/oidc/login',
  // The console.
  'GET /',
  'GET /*',
  'GET /assets/index.js',
  'GET /index.html',
]

test('every route is described, and so has a row in the matrix of who may call it, or is one of the few that are for all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-routes-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), 'page')
  await writeFile(join(folder, 'assets/index.js'), 'export {}')
  const never = async () => refuse('unavailable', 'never asked')
  const { app } = anApp(
    {},
    {
      console: { kind: 'folder', path: folder },
      oidc: {
        options: {
          issuer: 'https://id.example',
          clientId: 'fl',
          name: 'ID',
          roleClaims: [],
          roles: { admin: [], operator: [], viewer: [] },
        },
        provider: { begin: never, finish: never },
        attemptKey: new Uint8Array(32),
      },
    },
  )
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  try {
    await app.ready()
    const document = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse((await app.inject('/api/v1/openapi.json')).json())
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const there = routes
      .filter(({ url }) => !url.startsWith('/docs'))
      .flatMap(({ method, url }) =>
        [method].flat().map((one) => `${one} ${url.replace(/:([a-z]+)/g, '{$1}')}`),
      )
      .filter((route) => !route.startsWith('HEAD ') && !route.startsWith('OPTIONS '))
    expect([...new Set(there)].toSorted()).toEqual([...described, ...UNDESCRIBED].toSorted())
    for (const { url, config, method } of routes)
      if (url.startsWith('/api/') && !url.endsWith('openapi.json'))
        expect([method, url, config?.access?.kind]).toEqual([method, url, expect.any(String)])
  } finally {
    await app.close()
    await rm(folder, { recursive: true })
  }
})

test('whatever is answered, to whoever asks, browsers are told to make nothing else of it', async () => {
  const { app } = anApp({
    tasks: {
      get: async () => {
        throw new Error('a fault')
      },
    },
    access: { operator: async () => ({ id: 'a', name: '<script>alert(1)</script>', role: 'viewer' }) },
  })
  const authorization = 'Bearer tro_x'
  const answers = await Promise.all([
    app.inject('/healthz'),
    app.inject('/metrics'),
    app.inject('/api/v1/openapi.json'),
    app.inject('/api/v1/tasks'),
    app.inject('/nowhere/<script>alert(1)</script>'),
    app.inject('/api/v1/tasks/%3Cscript%3E'),
    app.inject({ url: '/api/v1/tasks/%3Cimg%20src=x%20onerror=alert(1)%3E', headers: { authorization } }),
    app.inject({ url: '/api/v1/tasks/digits', headers: { authorization } }),
    app.inject({ url: '/api/v1/audit', headers: { authorization } }),
    app.inject({ method: 'POST', url: '/api/v1/session', payload: '{"', headers: json({}).headers }),
    app.inject({ method: 'PUT', url: '/api/v1/tasks' }),
    app.inject({ method: 'DELETE', url: '/api/v1/session?returnTo=javascript:alert(1)' }),
  ])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([
    200, 200, 200, 401, 404, 401, 400, 500, 403, 400, 405, 401,
  ])
  for (const { headers, statusCode } of answers) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    expect(headers['content-type']).toMatch(
      statusCode >= 400 ? /^application\/problem\+json$/ : /^(application\/json|text\/plain)/,
    )
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('x-powered-by')
  }
  await app.close()
})
