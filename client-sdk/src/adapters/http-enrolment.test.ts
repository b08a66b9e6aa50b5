import {
  decodeKeyText,
  encodePublicKey,
  enrolmentTokenHash,
  identityFromSeed,
  verifyEnrolment,
} from '@tributary/protocols/crypto'
import { EnrolRequest, problemType } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { endpointsOf } from './endpoints.ts'
import type { Fetch } from './http-download.ts'
import { enrol } from './http-enrolment.ts'

const identity = identityFromSeed(new Uint8Array(32).fill(3))
const token = `tre_${'0'.repeat(24)}_${'A'.repeat(43)}`
const endpoints = endpointsOf('https://learn.example.org/base/')

const answering =
  (status: number, body: unknown): Fetch =>
  async () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })

const view = {
  id: identity.clientId,
  publicKey: encodePublicKey(identity.publicKey),
  status: 'active',
  enrolledAt: '2026-03-01T09:30:00.000Z',
  enrolledBy: 'a token',
}

test('offers the public key with a proof for this token', async () => {
  const asked: { url: string; init: RequestInit }[] = []
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, init })
    return new Response(JSON.stringify(view), { status: 201 })
  }
  expect(await enrol({ endpoints, fetch }, identity, token)).toMatchObject({ id: identity.clientId })
  expect(asked[0]?.url).toBe('https://learn.example.org/base/api/v1/clients')
  // The token is for this coordinator: a redirection must not carry it elsewhere.
  expect(asked[0]?.init.redirect).toBe('error')
  const request = EnrolRequest.parse(JSON.parse(String(asked[0]?.init.body)))
  expect(
    verifyEnrolment({
      tokenHash: enrolmentTokenHash(token),
      publicKey: decodeKeyText(request.publicKey),
      signature: decodeKeyText(request.proof),
    }),
  ).toBe(true)
})

const problem = (word: string, status: number) => ({
  type: problemType(word),
  title: word,
  status,
  detail: 'No.',
  instance: '/',
})

test.each([
  ['a spent token', answering(403, problem('token-spent', 403)), 'enrolment-refused', 'new enrolment token'],
  ['a wrong token', answering(401, problem('unauthenticated', 401)), 'enrolment-refused', 'Check the token'],
  ['a busy coordinator', answering(503, problem('unavailable', 503)), 'unreachable', 'in a while'],
  ['something that is no coordinator', answering(200, '<html>'), 'bad-answer', 'address'],
  ['a server that has no such path', answering(404, '<html>'), 'bad-answer', 'address'],
  ['another path of a coordinator', answering(404, problem('not-found', 404)), 'bad-answer', 'address'],
  [
    'an answer about another client',
    answering(201, { ...view, id: `c-${'0'.repeat(32)}` }),
    'bad-answer',
    'address',
  ],
  ['no network', async () => Promise.reject(new TypeError('fetch failed')), 'unreachable', 'network'],
  [
    'an origin that is not allowed',
    async () => Promise.reject(new TypeError('Failed to fetch')),
    'unreachable',
    '--cors-origins',
  ],
])('%s is an error that says what to do', async (_, fetch, code, remedy) => {
  await expect(enrol({ endpoints, fetch }, identity, token)).rejects.toMatchObject({
    name: 'TributaryError',
    code,
    remedy: expect.stringContaining(remedy),
  })
})

test('no token is not one, as an environment without the variable gives', async () => {
  const none = undefined as unknown as string
  await expect(enrol({ endpoints, fetch: answering(201, view) }, identity, none)).rejects.toMatchObject({
    code: 'enrolment-refused',
  })
})

test('a token that cannot be one is refused here, and is not repeated in the error', async () => {
  const asked: string[] = []
  const fetch: Fetch = async (url) => {
    asked.push(url)
    return new Response()
  }
  const error = await enrol({ endpoints, fetch }, identity, 'my secret').catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'enrolment-refused' })
  expect(String(error)).not.toContain('my secret')
  expect(asked).toEqual([])
})
