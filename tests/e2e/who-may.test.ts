import { FederatedClient } from '@tributary/client-sdk'
import { createIdentity, encodePublicKey, encodeSignature, proveEnrolment } from '@tributary/protocols/crypto'
import { ClientView, restPaths } from '@tributary/protocols/rest'
import { encodeSubmission, SUBMISSION_HEADER } from '@tributary/protocols/updates'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBareHttp, requestHead } from '../fleet/bare-http.ts'
import { rowsOf } from '../fleet/line-clients.ts'
import { lineTrainer } from '../fleet/line-trainer.ts'
import { type Operator, operatorOf, refusalOf } from '../fleet/operator.ts'
import { upload } from '../fleet/raw-client.ts'
import { beginRawRound, type RawMember } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'

let coordinator: TestCoordinator
let nobody: Operator
beforeAll(async () => {
  coordinator = await startCoordinator()
  nobody = operatorOf(coordinator.url, `tro_${'0'.repeat(24)}_${'A'.repeat(43)}`)
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const DIRECTOR = { id: 'coordinator', name: 'test', role: 'admin' } as const

describe('[K3] [K6] an enrolment token', () => {
  test('that has expired enrols nobody new, and says so', async () => {
    const { services } = coordinator
    const expired = await services.clients.invite(
      { name: 'late', uses: 3, expiresAt: Date.now() - 1 },
      DIRECTOR,
    )
    if ('refused' in expired) throw new Error(expired.detail)
    const { answer } = await enrol(expired.secret)
    expect(refusalOf(answer)).toMatchObject({ status: 403, word: 'token-expired' })
    const sdk = new FederatedClient({
      coordinator: coordinator.url,
      task: 'line',
      trainer: lineTrainer(rowsOf(1)),
      consent: 'granted',
    })
    await expect(sdk.enrol(expired.secret)).rejects.toMatchObject({
      code: 'enrolment-refused',
      message: expect.stringContaining('expired'),
    })
  })

  test('enrols as many as it has uses, and the same key as often as it asks', async () => {
    const token = await coordinator.operator.invite(2)
    const first = await enrol(token)
    expect(first.answer.status).toBe(201)
    const again = await enrol(token, first.identity)
    expect(again.answer).toEqual(first.answer)
    expect((await enrol(token)).answer.status).toBe(201)
    expect(refusalOf((await enrol(token)).answer)).toMatchObject({ status: 403, word: 'token-spent' })
    expect((await enrol(token, first.identity)).answer).toEqual(first.answer)
  })

  test('spends each use once, though many ask at once', async () => {
    const token = await coordinator.operator.invite(3)
    const answers = await Promise.all(Array.from({ length: 8 }, () => enrol(token)))
    expect(answers.map(({ answer }) => answer.status).toSorted()).toEqual([
      201, 201, 201, 403, 403, 403, 403, 403,
    ])
  })

  test('that nobody gave out enrols nobody', async () => {
    const token = await coordinator.operator.invite(1)
    const forged = token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A')
    expect(refusalOf((await enrol(forged)).answer)).toMatchObject({ status: 401, word: 'unauthenticated' })
    expect((await enrol(token)).answer.status).toBe(201)
  })

  test('enrols no key whose holder has not signed for it', async () => {
    const token = await coordinator.operator.invite(1)
    const thief = createIdentity()
    const { answer } = await enrol(token, { ...createIdentity(), sign: thief.sign })
    expect(refusalOf(answer)).toMatchObject({ status: 403, word: 'bad-signature' })
    expect((await enrol(token)).answer.status).toBe(201)
  })

  test('does not bring back a client that was revoked', async () => {
    const token = await coordinator.operator.invite(2)
    const { identity } = await enrol(token)
    await coordinator.operator.call('DELETE', restPaths.client(identity.clientId))
    expect(refusalOf((await enrol(token, identity)).answer)).toMatchObject({ status: 403, word: 'forbidden' })
  })
})

describe('[S10] [K5] a session token', () => {
  test.each<[string, (member: RawMember) => string]>([
    ['that has expired', ({ id }) => coordinator.services.access.issueSession(id, Date.now() - 1).token],
    [
      'whose expiry was put off',
      ({ invitation }) => invitation.session.token.replace(/_([0-9a-z]+)_/, '_zzzzzzzz_'),
    ],
    [
      'with another client’s id put in',
      ({ invitation }) => invitation.session.token.replace(/^trs_[0-9a-f]{32}/, `trs_${'0'.repeat(32)}`),
    ],
    [
      'whose signature is made up',
      ({ invitation }) => invitation.session.token.replace(/_[^_]*$/, `_${'A'.repeat(43)}`),
    ],
    ['that is no session token', () => 'let-me-in'],
  ])('%s uploads nothing and downloads nothing', async (_, forge) => {
    await using round = await beginRawRound(coordinator)
    const { one } = round
    const to = { round: one.invitation.round, client: one.id, token: forge(one) }
    expect(refusalOf(await upload(coordinator.url, to, one.seal()))).toMatchObject({
      status: 401,
      word: 'unauthenticated',
    })
    const blob = await fetch(coordinator.url + restPaths.blob(one.invitation.model.digest), {
      headers: { authorization: `Bearer ${to.token}` },
    })
    expect(blob.status).toBe(401)
    await round.completes()
  })

  test('of a client that has been revoked is worth nothing any more', async () => {
    await using round = await beginRawRound(coordinator, { clients: 2, quorum: 1, trainingSeconds: 1 })
    await coordinator.operator.call('DELETE', restPaths.client(round.one.id))
    expect(refusalOf(await round.one.submit())).toMatchObject({ status: 403, word: 'forbidden' })
    await round.completes([round.other])
  })

  test('of a client that is revoked while its update comes in counts for nothing', async () => {
    await using round = await beginRawRound(coordinator, { clients: 2, quorum: 1, trainingSeconds: 2 })
    const { one } = round
    const { envelope, submission } = one.seal()
    const connection = await openBareHttp(coordinator.url)
    const headers = {
      authorization: `Bearer ${one.invitation.session.token}`,
      'content-type': 'application/octet-stream',
      'content-length': envelope.length,
      expect: '100-continue',
      [SUBMISSION_HEADER]: encodeSubmission(submission),
    }
    connection.write(requestHead('PUT', restPaths.update(one.invitation.round, one.id), headers))
    expect(await connection.answer()).toMatchObject({ status: 100 })
    await coordinator.operator.call('DELETE', restPaths.client(one.id))
    connection.write(envelope)
    expect(refusalOf(await connection.answer())).toMatchObject({ status: 403, word: 'forbidden' })
    connection.close()
    await round.completes([round.other])
  })

  test('of another coordinator is worth nothing here', async () => {
    await using elsewhere = await startCoordinator()
    await using round = await beginRawRound(coordinator)
    const { token } = elsewhere.services.access.issueSession(round.one.id, Date.now() + 60_000)
    const to = { round: round.one.invitation.round, client: round.one.id, token }
    expect(refusalOf(await upload(coordinator.url, to, round.one.seal()))).toMatchObject({ status: 401 })
    await round.completes()
  })
})

test('a token that is not an operator’s reads nothing and moves nothing', async () => {
  await using round = await beginRawRound(coordinator)
  const asClient = operatorOf(coordinator.url, round.one.invitation.session.token)
  for (const caller of [nobody, asClient])
    for (const [method, path] of [
      ['GET', restPaths.tasks],
      ['POST', restPaths.rounds(round.task)],
      ['POST', restPaths.enrolmentTokens],
      ['GET', restPaths.clients],
      ['DELETE', restPaths.client(round.other.id)],
      ['GET', restPaths.audit],
    ] as const)
      expect(refusalOf(await caller.call(method, path))).toMatchObject({
        status: 401,
        word: 'unauthenticated',
      })
  await round.completes()
})

/** Enrols a key, a new one unless one is given. */
const enrol = async (token: string, identity = createIdentity()) => {
  const response = await fetch(coordinator.url + restPaths.clients, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token,
      publicKey: encodePublicKey(identity.publicKey),
      proof: encodeSignature(proveEnrolment(identity, token)),
    }),
  })
  const body: unknown = await response.json()
  if (response.ok) expect(ClientView.parse(body).id).toBe(identity.clientId)
  return { identity, answer: { status: response.status, body } }
}
