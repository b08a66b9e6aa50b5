/** Browsers that are signed in at one process of a coordinator are signed in at all, and signed out at all at once. */
import { OperatorTokenView, restPaths, SessionView } from '@tributary/protocols/rest'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Replicas, startReplicas } from '../fleet/replicas.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let replicas: Replicas
beforeAll(async () => {
  replicas = await startReplicas({ count: 2, postgresUrl: inject('postgresUrl') })
})
afterAll(() => replicas[Symbol.asyncDispose]())

const urls = (): [string, string] => {
  const [one, other] = replicas.running().map(({ url }) => url)
  if (one === undefined || other === undefined) throw new Error('two processes are wanted')
  return [one, other]
}

const signedIn = async (at: string) => {
  const made = await replicas.operator.call('POST', restPaths.operatorTokens, { name: 'Ada', role: 'viewer' })
  const { id, token } = OperatorTokenView.parse(made.body)
  const response = await fetch(at + restPaths.session, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const { csrf } = SessionView.parse(await response.json())
  const ask = (url: string, method = 'GET') =>
    fetch(url + restPaths.session, {
      method,
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrf },
    }).then(({ status }) => status)
  return { token: id, ask }
}

test('one that signs out at both processes at once is signed out once, and at both', async () => {
  const [one, other] = urls()
  const { ask } = await signedIn(one)
  expect([await ask(one), await ask(other)]).toEqual([200, 200])
  const outs = await Promise.all([one, other, one, other, one, other].map((url) => ask(url, 'DELETE')))
  expect(outs).toContain(204)
  expect(outs.filter((status) => ![204, 401, 404].includes(status))).toEqual([])
  expect([await ask(one), await ask(other)]).toEqual([401, 401])
})

test('one whose token is revoked at one process is signed out at the other', async () => {
  const [one, other] = urls()
  const { ask, token } = await signedIn(one)
  expect(await ask(other)).toBe(200)
  const revoked = await replicas.operator.call('DELETE', `${restPaths.operatorTokens}/${token}`)
  expect(revoked.status).toBe(200)
  expect([await ask(one), await ask(other)]).toEqual([401, 401])
})
