import { stat } from 'node:fs/promises'
import { restPaths } from '@tributary/protocols/rest'
import {
  encodeSubmission,
  SUBMISSION_HEADER,
  type Submission,
  signSubmission,
} from '@tributary/protocols/updates'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BareHttp, openBareHttp, requestHead } from '../fleet/bare-http.ts'
import { filesIn } from '../fleet/folder-bytes.ts'
import { refusalOf } from '../fleet/operator.ts'
import { beginRawRound, type RawMember } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { until } from '../fleet/until.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const HUGE = 10_000_000_000

describe('[U3] [U6] an update that is too large', () => {
  test('is refused for its announced length, though not one byte of it was sent', async () => {
    await using round = await beginRawRound(coordinator)
    const line = await openBareHttp(coordinator.url)
    line.write(head(round.one, { 'content-length': HUGE }))
    const refusal = refusalOf(await line.answer())
    expect(refusal).toMatchObject({ status: 413, word: 'too-large' })
    expect(refusal.about?.maxBytes).toBeGreaterThanOrEqual(round.one.seal().envelope.length)
    expect(await bytesOfUpdates()).toBe(0)
    line.close()
    await round.completes()
  })

  test('is refused for the length that was signed, though not one byte of it was sent', async () => {
    await using round = await beginRawRound(coordinator)
    const line = await openBareHttp(coordinator.url)
    const submission = signedWith(round.one, { envelopeBytes: HUGE })
    line.write(head(round.one, { 'content-length': 100 }, submission))
    expect(refusalOf(await line.answer())).toMatchObject({ status: 413, word: 'too-large' })
    line.close()
    await round.completes()
  })

  test('is not asked for its body, where the client waits to be asked', async () => {
    await using round = await beginRawRound(coordinator)
    const line = await openBareHttp(coordinator.url)
    line.write(head(round.one, { 'content-length': HUGE, expect: '100-continue' }))
    expect(await line.answer()).toMatchObject({ status: 413 })
    line.close()

    const sealed = round.one.seal()
    const polite = await openBareHttp(coordinator.url)
    const length = { 'content-length': sealed.envelope.length }
    polite.write(head(round.one, { ...length, expect: '100-continue' }, sealed.submission))
    expect(await polite.answer()).toMatchObject({ status: 100 })
    polite.write(sealed.envelope)
    expect(await polite.answer()).toMatchObject({ status: 200 })
    polite.close()
    await round.completes()
  })

  test('[U7] is refused at the first byte beyond what was signed, where no length was announced', async () => {
    await using round = await beginRawRound(coordinator)
    const { envelope, submission } = round.one.seal()
    const line = await openBareHttp(coordinator.url)
    line.write(head(round.one, { 'transfer-encoding': 'chunked' }, submission))
    writeChunk(line, envelope)
    writeChunk(line, Uint8Array.of(0))
    // The chunk that would end the body is never sent: the answer cannot have waited for it.
    expect(refusalOf(await line.answer())).toMatchObject({ status: 413, word: 'too-large' })
    line.close()
    await until('nothing to be left of it', async () => (await bytesOfUpdates()) === 0)
    await round.completes()
  })
})

test('[U7] an update in chunks, of no announced length, is taken like any other', async () => {
  await using round = await beginRawRound(coordinator)
  const { envelope, submission } = round.one.seal()
  const line = await openBareHttp(coordinator.url)
  line.write(head(round.one, { 'transfer-encoding': 'chunked' }, submission))
  writeChunk(line, envelope.subarray(0, 100))
  writeChunk(line, envelope.subarray(100))
  line.write('0\r\n\r\n')
  expect(await line.answer()).toMatchObject({ status: 200 })
  line.close()
  await round.completes()
})

test('an update whose connection ends in the middle leaves nothing behind, and may be sent again', async () => {
  await using round = await beginRawRound(coordinator)
  const { line, rest } = await sendHalf(round.one)
  expect(rest.length).toBeGreaterThan(0)
  line.close()
  await round.completes()
  expect(await bytesOfUpdates()).toBe(0)
})

test('[R11] an update that stalls half-way holds nobody up, and is told that the round is over when it goes on', async () => {
  await using round = await beginRawRound(coordinator, { clients: 3, target: 2 })
  const [slow, ...others] = round.members as [RawMember, ...RawMember[]]
  const { line, rest } = await sendHalf(slow)
  await round.completes(others)
  line.write(rest)
  expect(refusalOf(await line.answer())).toMatchObject({ status: 409, word: 'round-over' })
  line.close()
  expect(await bytesOfUpdates()).toBe(0)
})

/** Sends the first half of a member's update, the coordinator having begun to read. */
const sendHalf = async (member: RawMember): Promise<{ line: BareHttp; rest: Uint8Array }> => {
  const { envelope, submission } = member.seal()
  const line = await openBareHttp(coordinator.url)
  line.write(head(member, { 'content-length': envelope.length, expect: '100-continue' }, submission))
  expect(await line.answer()).toMatchObject({ status: 100 })
  const half = envelope.length >> 1
  line.write(envelope.subarray(0, half))
  return { line, rest: envelope.subarray(half) }
}

/** The head of a member's upload; the statement is of an update that fits, unless one is given. */
const head = (
  member: RawMember,
  headers: Record<string, string | number>,
  submission = member.seal().submission,
) =>
  requestHead('PUT', restPaths.update(member.invitation.round, member.id), {
    authorization: `Bearer ${member.invitation.session.token}`,
    'content-type': 'application/octet-stream',
    [SUBMISSION_HEADER]: encodeSubmission(submission),
    ...headers,
  })

/** Bytes of updates that lie in the folder, whole or on their way in. */
const bytesOfUpdates = async () => {
  const sizes = (await filesIn(`${coordinator.folder}/updates`)).map((path) =>
    stat(path).then(
      ({ size }) => size,
      () => 0, // gone since it was listed
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

const writeChunk = (line: BareHttp, bytes: Uint8Array) => {
  line.write(`${bytes.length.toString(16)}\r\n`)
  line.write(bytes)
  line.write('\r\n')
}

const signedWith = (member: RawMember, change: Partial<Submission>): Submission => {
  const { signature: _, ...unsigned } = { ...member.seal().submission, ...change }
  return signSubmission(member.identity, unsigned)
}
