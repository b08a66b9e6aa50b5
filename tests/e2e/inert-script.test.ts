/** Script that somebody writes into a name, a reason, a note or a metric is answered as text in JSON, and as nothing else. */
import { type ClientId, ModelVersion } from '@tributary/protocols'
import { ModelPage, OperatorTokenView, restPaths, SessionView } from '@tributary/protocols/rest'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { SUBMISSION_HEADER } from '@tributary/protocols/updates'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openJar } from '../fleet/browser-jar.ts'
import { beginRawRound, TENSORS } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const SCRIPTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '</script><svg/onload=alert(1)>',
]

/** Asks as a browser does in whose address bar the path is. */
const shown = async (path: string): Promise<unknown> => {
  const { status, headers, body } = await coordinator.operator.call('GET', path, undefined, {
    accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  })
  expect([path, status]).toEqual([path, 200])
  expectInert(headers)
  return body
}

const expectInert = (headers: Headers) =>
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': expect.stringMatching(/^application\/(problem\+)?json/),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-frame-options': 'DENY',
  })

const told = async (method: string, path: string, body: unknown, status: number): Promise<unknown> => {
  const answer = await coordinator.operator.call(method, path, body)
  expect([path, answer.status, answer.body]).toEqual([path, status, expect.anything()])
  expectInert(answer.headers)
  return answer.body
}

test.each(SCRIPTS)('%s', async (script) => {
  const { operator, services, url } = coordinator
  const actor = { id: 'test', name: 'test', role: 'admin' } as const

  // The name of a metric: a client that makes one up is refused, and the round goes on.
  await using round = await beginRawRound(coordinator)
  const { envelope, submission } = round.one.seal()
  const claims = { examples: 1, metrics: { [script]: 1 } }
  const refused = await fetch(url + restPaths.update(round.one.invitation.round, round.one.id), {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${round.one.invitation.session.token}`,
      'content-type': 'application/octet-stream',
      [SUBMISSION_HEADER]: Buffer.from(JSON.stringify({ ...submission, claims })).toString('base64url'),
    },
    body: Uint8Array.from(envelope),
  })
  expect(refused.status).toBe(400)
  expectInert(refused.headers)
  await round.completes()

  // A reason, a note, a name.
  const { id } = await operator.trigger(round.task)
  const opened = `/api/v1/tasks/${round.task}/rounds/${id.split('.')[1]}`
  await told('POST', `${opened}/abandon`, { reason: script }, 200)
  const bytes = encodeSafetensors({ tensors: TENSORS, values: new Float32Array(15) })
  expect(await services.models.importWeights(round.task, bytes, script, actor)).toMatchObject({
    task: round.task,
  })
  await told('POST', restPaths.rollback(round.task), { version: ModelVersion.parse(1), reason: script }, 201)
  const { token } = OperatorTokenView.parse(
    await told('POST', restPaths.operatorTokens, { name: script, role: 'viewer' }, 201),
  )
  await told('POST', restPaths.enrolmentTokens, { name: script }, 201)

  const models = ModelPage.parse(await shown(restPaths.models(round.task)))
  expect(JSON.stringify(models)).toContain(JSON.stringify(script).slice(1, -1))
  expect(JSON.stringify(await shown(opened))).toContain(JSON.stringify(script).slice(1, -1))
  expect(JSON.stringify(await shown(`${restPaths.audit}?limit=200`))).toContain(
    JSON.stringify(script).slice(1, -1),
  )

  // The name of who is signed in.
  const jar = openJar(url)
  const signedIn = await jar.ask(url + restPaths.session, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  expectInert(signedIn.headers)
  expect(SessionView.parse(await signedIn.json()).name).toBe(script)
  const forbidden = await jar.ask(url + restPaths.audit, { headers: { 'sec-fetch-site': 'same-origin' } })
  expect(forbidden.status).toBe(403)
  expectInert(forbidden.headers)

  // An address of the console's is its page, the same whatever the address.
  const page = await fetch(`${url}/${encodeURIComponent(script)}`, { headers: { accept: 'text/html' } })
  expect(await page.text()).not.toContain(script)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")

  // What is asked for and not there.
  for (const path of [
    `/api/v1/tasks/${encodeURIComponent(script)}`,
    restPaths.client(encodeURIComponent(script) as ClientId),
    `/api/v1/tasks?cursor=${encodeURIComponent(script)}`,
    `/auth/oidc/login?returnTo=${encodeURIComponent(script)}`,
  ]) {
    const answer = await operator.call('GET', path, undefined, { accept: 'text/html' })
    expect([path, answer.status]).toEqual([
      path,
      expect.toSatisfy((status: number) => status === 400 || status === 404),
    ])
    expectInert(answer.headers)
  }
})
