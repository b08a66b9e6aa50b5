import { once } from 'node:events'
import { connect } from 'node:net'
import { RoundId } from '@tributary/protocols'
import { createIdentity } from '@tributary/protocols/crypto'
import { Problem, SubmissionReceiptView } from '@tributary/protocols/rest'
import { seededRandom } from '@tributary/protocols/runtime'
import { encodeSubmission, type Submission, signSubmission } from '@tributary/protocols/updates'
import { afterEach, expect, test, vi } from 'vitest'
import { type Refusal, refuse } from '../refusal.ts'
import type { SubmissionReceipt, SubmissionService } from '../services.ts'
import { AT, aServer, BOB, DIGITS, digest, type TestServer } from './http.builders.ts'

const alice = createIdentity(seededRandom('alice'))
const ROUND = RoundId.parse('digits.3')
const TOKEN = `trs_${alice.clientId}`
const PATH = `/api/v1/tasks/digits/rounds/3/updates/${alice.clientId}`

const submission: Submission = signSubmission(alice, {
  task: DIGITS,
  round: ROUND,
  client: alice.clientId,
  model: digest('1'),
  envelope: digest('2'),
  envelopeBytes: 100,
  claims: { examples: 7, metrics: {} },
})

const HEADERS = {
  'content-type': 'application/octet-stream',
  'tributary-submission': encodeSubmission(submission),
}

const receipt: SubmissionReceipt = {
  round: ROUND,
  client: alice.clientId,
  envelope: digest('2'),
  receivedAt: AT,
}

let server: TestServer
afterEach(() => server.close())

type Upload = Parameters<SubmissionService['receive']>[0]

const serveWith = async (receive: (upload: Upload) => Promise<SubmissionReceipt | Refusal>) => {
  server = await aServer({ submissions: { receive } })
}

const put = (body: RequestInit['body'], headers: Record<string, string> = HEADERS, path = PATH) =>
  server.ask(path, { method: 'PUT', token: TOKEN, body: body ?? null, headers })

const wordOf = async (response: Response) =>
  Problem.parse(await response.json())
    .type.split(':')
    .at(-1)

const readAll = async (chunks: AsyncIterable<Uint8Array>) => {
  const read: Uint8Array[] = []
  for await (const chunk of chunks) read.push(chunk)
  return Buffer.concat(read)
}

test('an update is handed on as it came and answered with its receipt, as often as it is sent', async () => {
  const uploads: (Omit<Upload, 'body'> & { same: boolean })[] = []
  await serveWith(async ({ body, ...upload }) => {
    uploads.push({ ...upload, same: bytes.equals(await readAll(body)) })
    return receipt
  })
  const bytes = Buffer.alloc(300_000, 7)

  const first = await put(bytes)
  const again = await put(bytes, HEADERS, PATH.replace('/3/', '/digits.3/'))

  expect(first.status).toBe(200)
  const answer = await first.json()
  expect(SubmissionReceiptView.parse(answer)).toEqual({ ...receipt, receivedAt: '2026-03-01T09:30:00.000Z' })
  expect(again.status).toBe(200)
  expect(await again.json()).toEqual(answer)
  const upload = {
    task: DIGITS,
    round: ROUND,
    client: alice.clientId,
    submission,
    announcedBytes: bytes.length,
    same: true,
  }
  expect(uploads).toEqual([upload, upload])
})

test('a client hands in for itself alone', async () => {
  const receive = vi.fn()
  await serveWith(receive)

  const response = await put('bytes', HEADERS, PATH.replace(alice.clientId, BOB))

  expect(response.status).toBe(403)
  expect(receive).not.toHaveBeenCalled()
})

test('operators hand in nothing', async () => {
  await serveWith(async () => receipt)

  const response = await server.ask(PATH, { method: 'PUT', body: 'bytes', headers: HEADERS })

  expect(response.status).toBe(401)
})

test('a submission that is missing or unreadable is a mistake in its header', async () => {
  await serveWith(async () => receipt)
  const { 'tributary-submission': _, ...without } = HEADERS

  for (const headers of [without, { ...HEADERS, 'tributary-submission': 'e30' }]) {
    const response = await put('bytes', headers)
    expect(response.status).toBe(400)
    const { mistakes } = Problem.parse(await response.json())
    expect(mistakes).toMatchObject([{ path: 'headers.tributary-submission' }])
  }
})

test.each([
  { 'content-type': 'application/json' },
  { 'content-type': 'text/plain' },
  { 'content-encoding': 'gzip' },
])('a body announced with %o is 415', async (more) => {
  await serveWith(async () => receipt)

  const response = await put('{}', { ...HEADERS, ...more })

  expect(response.status).toBe(415)
})

test('a refusal that comes while the client still sends is heard, and the connection serves on', async () => {
  await serveWith(async ({ body }) => {
    for await (const _ of body) break
    return refuse('wrong-digest', 'These are not the bytes announced.')
  })

  const response = await put(Buffer.alloc(3_000_000))

  expect(response.status).toBe(422)
  expect(await wordOf(response)).toBe('wrong-digest')
  expect((await server.ask('/healthz')).status).toBe(200)
})

/** A request written by hand, so that nothing but what is written is sent; the answer so far, by demand. */
const byHand = async (headers: Record<string, string | number>) => {
  const { port, hostname } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  const lines = Object.entries({ host: 'here', authorization: `Bearer ${TOKEN}`, ...HEADERS, ...headers })
  socket.write(
    `PUT ${PATH} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  )
  return {
    socket,
    heard: (text: string) => vi.waitFor(() => expect(answer).toContain(text)),
    answer: () => answer,
  }
}

const refuseTooLarge = async ({ announcedBytes = 0 }: Upload) =>
  announcedBytes > 1_000
    ? refuse('too-large', 'At most 1000 bytes.', { about: { maxBytes: 1_000 } })
    : receipt

test('a body that is announced too large is refused before any of it is sent', async () => {
  await serveWith(refuseTooLarge)

  const { heard, socket } = await byHand({ 'content-length': 1_000_000_000 })

  await heard('HTTP/1.1 413')
  await heard('urn:tributary:problem:too-large')
  socket.destroy()
})

test('who asks first (Expect: 100-continue) is told to go on only when the body is wanted', async () => {
  await serveWith(async (upload) => {
    const refusal = await refuseTooLarge(upload)
    if ('refused' in refusal) return refusal
    await readAll(upload.body)
    return receipt
  })

  const unwanted = await byHand({ 'content-length': 2_000, expect: '100-continue' })
  await unwanted.heard('HTTP/1.1 413')
  expect(unwanted.answer()).not.toContain('100 Continue')
  unwanted.socket.destroy()

  const wanted = await byHand({ 'content-length': 5, expect: '100-continue' })
  await wanted.heard('HTTP/1.1 100 Continue')
  wanted.socket.write('bytes')
  await wanted.heard('HTTP/1.1 200')
  wanted.socket.destroy()
})

test('a client that goes away midway breaks its own upload and nothing else', async () => {
  const broken = Promise.withResolvers<unknown>()
  await serveWith(async ({ body }) => {
    await readAll(body).catch((error) => {
      broken.resolve(error)
      throw error
    })
    return receipt
  })
  const { socket } = await byHand({ 'content-length': 1_000 })
  socket.write('some bytes')
  socket.end()
  socket.destroy()

  expect(await broken.promise).toBeInstanceOf(Error)
  expect((await server.ask('/healthz')).status).toBe(200)
  expect(server.logged.filter((line) => line.includes('a request failed'))).toEqual([])
})
