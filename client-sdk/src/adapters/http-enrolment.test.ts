import {
  decodeKeyText,
  encodePublicKey,
  enrolmentTokenHash,
  identityFromSeed,
  verifyEnrolment,
} from '@tributary/protocols/crypto'
import { EnrolRequest, problemType } from '@tributary/protocols/rest'
import { virtualClock } from '@tributary/protocols/runtime'
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

/** An answer whose body goes on for as long as somebody takes it in; fails where that is far beyond any answer. */
const endless = (init: ResponseInit): Response => {
  let given = 0
  return new Response(
    new ReadableStream({
      pull(to) {
        given += 2 ** 16
        if (given > 2 ** 22) throw new Error('four megabytes have been taken in')
        to.enqueue(new Uint8Array(2 ** 16).fill(0x20))
      },
    }),
    init,
  )
}

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

test('a coordinator that does not answer, or does not come to an end, is not waited for without end', async () => {
  const clock = virtualClock()
  const silent: Fetch = (_, { signal }) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  const waiting = enrol({ endpoints, fetch: silent, clock }, identity, token)
  clock.advanceTo(60_000)
  await expect(waiting).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('60000 ms'),
  })
  for (const status of [201, 403])
    await expect(
      enrol({ endpoints, fetch: async () => endless({ status }), clock }, identity, token),
    ).rejects.toMatchObject({ code: status === 201 ? 'bad-answer' : 'enrolment-refused' })
  expect(clock.pending()).toBe(0)
})

test('a signal ends the waiting with its own reason', async () => {
  const ending = new AbortController()
  const silent: Fetch = (_, { signal }) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  const waiting = enrol({ endpoints, fetch: silent, signal: ending.signal }, identity, token)
  ending.abort(new Error('the app has something better to do'))
  await expect(waiting).rejects.toThrow('something better')
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
