import fastifyCookie from '@fastify/cookie'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { refuse } from '../refusal.ts'
import type { Actor } from '../services.ts'
import { createLiveAccess, type LiveAccess } from './live-access.ts'

const ada: Actor = { id: 'a', name: 'Ada', role: 'viewer' }
const grace: Actor = { id: 'g', name: 'Grace', role: 'admin' }

const liveAccess = async (publicUrl?: string): Promise<LiveAccess> => {
  const app = fastify()
  await app.register(fastifyCookie)
  return createLiveAccess(app, {
    publicUrl,
    access: { operator: async (token) => (token === 'tro_ada' ? ada : refuse('unauthenticated', 'no')) },
    sessions: {
      find: async (cookie) =>
        cookie === 'trc_grace'
          ? { id: 's', actor: grace, csrf: 'word', expiresAt: 1 }
          : refuse('unauthenticated', 'no'),
    },
  })
}

const HOST = { host: 'fl.example:4570' }
const OWN = { ...HOST, origin: 'http://fl.example:4570' }
const PLAIN = 'theme=dark; tributary-session=trc_grace'
const refused = expect.objectContaining({ refused: 'unauthenticated' })

test('a line is its token’s holder’s, whichever page it comes from and whatever cookie it has', async () => {
  const ask = await liveAccess()
  const headers = { ...HOST, origin: 'https://elsewhere.example', cookie: PLAIN }
  expect(await ask({ token: 'tro_ada', headers })).toEqual(ada)
  expect(await ask({ token: 'tro_eve', headers: { ...OWN, cookie: PLAIN } })).toEqual(refused)
  expect(await ask({ token: '', headers: { ...OWN, cookie: PLAIN } })).toEqual(refused)
})

test('a line from the console’s own page is its session’s', async () => {
  const ask = await liveAccess()
  expect(await ask({ headers: { ...OWN, cookie: PLAIN } })).toEqual(grace)
  expect(await ask({ headers: { ...OWN, cookie: '__Host-tributary=trc_grace' } })).toEqual(grace)
  expect(await ask({ headers: { ...HOST, 'sec-fetch-site': 'same-origin', cookie: PLAIN } })).toEqual(grace)
})

test.each([
  ['another site’s page', { ...HOST, origin: 'https://evil.example', cookie: PLAIN }],
  ['another port’s page', { ...HOST, origin: 'http://fl.example:1', cookie: PLAIN }],
  ['a page of the same site', { ...OWN, 'sec-fetch-site': 'same-site', cookie: PLAIN }],
  ['no page', { ...HOST, cookie: PLAIN }],
  ['its own page, without a cookie', OWN],
  ['its own page, with a cookie of nobody’s', { ...OWN, cookie: 'tributary-session=trc_eve' }],
])('a line from %s is nobody’s', async (_, headers) => {
  const ask = await liveAccess()
  expect(await ask({ headers })).toEqual(refused)
})

test('where the console is public over https, the page of that address is its own, and the plain cookie counts for nothing', async () => {
  const ask = await liveAccess('https://fl.example')
  const headers = { host: '10.0.0.7:4570', origin: 'https://fl.example' }
  expect(await ask({ headers: { ...headers, cookie: '__Host-tributary=trc_grace' } })).toEqual(grace)
  expect(await ask({ headers: { ...headers, cookie: PLAIN } })).toEqual(refused)
})
