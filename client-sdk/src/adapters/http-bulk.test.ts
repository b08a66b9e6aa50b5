import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ClientId, roundId, TaskId } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import type { Session } from '@tributary/protocols/messages'
import { problemType, restPaths } from '@tributary/protocols/rest'
import { systemClock } from '@tributary/protocols/runtime'
import { digestOf } from '@tributary/protocols/tensors'
import { decodeSubmission, signSubmission } from '@tributary/protocols/updates'
import { afterEach, describe, expect, test } from 'vitest'
import type { Upload } from '../ports/bulk.ts'
import { endpointsOf } from './endpoints.ts'
import { createHttpBulk } from './http-bulk.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A real server on this machine that answers as told, and the bulk port that talks to it. */
const serve = async (handle: Handle, options: { stallMs?: number; maxBytes?: number } = {}) => {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    handle(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const endpoints = endpointsOf(url)
  return { requests, url, bulk: createHttpBulk({ endpoints, clock: systemClock(), ...options }) }
}

const session: Session = { token: 'a-session-token-that-is-long', expiresAt: 9e12 }
const never = new AbortController().signal
const blob = Uint8Array.from({ length: 30_000 }, (_, i) => (i * 31) % 251)
const ref = { digest: digestOf(blob), bytes: blob.length }

/** The part that was asked for, from a server that knows ranges. */
const answerRange = (request: IncomingMessage, response: ServerResponse, bytes = blob) => {
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': bytes.length - start,
    ...(start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
  })
  return { start, rest: bytes.subarray(start) }
}

/** Goes on for as long as it is read; resolves when the other side has hung up. */
const endlessly = (response: ServerResponse, status: number) =>
  new Promise<void>((hungUp) => {
    response.once('close', hungUp)
    response.writeHead(status, { 'content-type': 'application/problem+json' })
    const goOn = () => {
      while (response.write(' '.repeat(2 ** 16)));
      response.once('drain', goOn)
    }
    goOn()
  })

/** Sends this many bytes, then breaks the connection. */
const breakAfter = (response: ServerResponse, bytes: Uint8Array) =>
  response.write(bytes, () => setImmediate(() => response.destroy()))

const problem = (response: ServerResponse, status: number, word: string, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
  response.end(
    JSON.stringify({
      type: problemType(word),
      title: word,
      status,
      detail: `This is ${word}.`,
      instance: '/',
    }),
  )
}

describe('download', () => {
  test('brings the bytes, asked for by digest and with the session', async () => {
    const { bulk, requests } = await serve((_, response) => response.end(blob))
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'received', bytes: blob })
    expect(requests[0]?.url).toBe(restPaths.blob(ref.digest))
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${session.token}`)
  })

  test('goes on where a broken connection left off', async () => {
    const { bulk, requests } = await serve((request, response) => {
      const { rest } = answerRange(request, response)
      if (requests.length < 4) breakAfter(response, rest.subarray(0, 7_000))
      else response.end(rest)
    })
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'received', bytes: blob })
    const starts = requests.map(({ headers }) => headers.range)
    expect(starts[0]).toBeUndefined()
    expect(starts.slice(1)).toEqual(starts.slice(1).map(() => expect.stringMatching(/^bytes=[1-9]\d*-$/)))
    expect(starts).toHaveLength(4)
  })

  test('interrupted for good, goes on when it is asked for again', async () => {
    let healthy = false
    const { bulk, requests } = await serve((request, response) => {
      if (healthy) return response.end(answerRange(request, response).rest)
      if (requests.length > 1) return request.socket.destroy()
      return breakAfter(response, answerRange(request, response).rest.subarray(0, 10_000))
    })
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'interrupted' })
    const before = requests.length
    healthy = true
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'received', bytes: blob })
    expect(requests[before]?.headers.range).toMatch(/^bytes=[1-9]/)
  })

  test('begins anew where the server knows no ranges', async () => {
    const { bulk, requests } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': blob.length })
      if (requests.length === 1) breakAfter(response, blob.subarray(0, 7_000))
      else response.end(blob)
    })
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'received', bytes: blob })
  })

  test.each([
    ['other bytes', blob.map((byte) => byte ^ 1)],
    ['more bytes', Uint8Array.from([...blob, 0])],
  ])('[D3] of %s than asked for is tried once more from the start, then refused', async (_, lie) => {
    const { bulk, requests } = await serve((_, response) => response.end(lie))
    expect(await bulk.download(ref, session, never)).toMatchObject({ kind: 'refused' })
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined])
  })

  test('of fewer bytes is refused when the server says that there are no more', async () => {
    const { bulk } = await serve((request, response) => {
      if (request.headers.range) return problem(response, 416, 'range-not-satisfiable')
      // Chunked, so that the end is not known to be early.
      response.write(blob.subarray(0, 1_000))
      return response.end()
    })
    expect(await bulk.download(ref, session, never)).toMatchObject({ kind: 'refused' })
  })

  test('of another part than was asked for is not stitched on', async () => {
    const { bulk, requests } = await serve((request, response) => {
      if (requests.length === 1)
        return breakAfter(response, answerRange(request, response).rest.subarray(0, 7_000))
      if (requests.length === 2) {
        response.writeHead(206, { 'content-range': `bytes 0-${blob.length - 1}/${blob.length}` })
        return response.end(blob)
      }
      return response.end(answerRange(request, response).rest)
    })
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'received', bytes: blob })
    expect(requests[2]?.headers.range).toBeUndefined()
  })

  test('of more than this client takes is not begun', async () => {
    const { bulk, requests } = await serve((_, response) => response.end(blob), { maxBytes: 1_000 })
    expect(await bulk.download(ref, session, never)).toMatchObject({ kind: 'refused' })
    expect(requests).toEqual([])
  })

  test('that stalls is broken off', async () => {
    const { bulk } = await serve((_, response) => void response.write(blob.subarray(0, 10)), { stallMs: 50 })
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'interrupted' })
  })

  test('that is aborted rejects with the reason', async () => {
    const { bulk } = await serve((_, response) => void response.write(blob.subarray(0, 10)))
    const reason = new Error('not needed any more')
    const aborting = new AbortController()
    const answer = bulk.download(ref, session, aborting.signal)
    aborting.abort(reason)
    await expect(answer).rejects.toBe(reason)
  })

  test('with a session that is not accepted says so', async () => {
    const { bulk } = await serve((_, response) => problem(response, 401, 'unauthenticated'))
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'unauthenticated' })
  })

  test('of what there is not is refused with the coordinator’s words', async () => {
    const { bulk } = await serve((_, response) => problem(response, 404, 'not-found'))
    expect(await bulk.download(ref, session, never)).toEqual({
      kind: 'refused',
      detail: 'not-found: This is not-found.',
    })
  })

  test('from where nobody listens is interrupted', async () => {
    const endpoints = endpointsOf('http://127.0.0.1:1')
    const bulk = createHttpBulk({ endpoints, clock: systemClock() })
    expect(await bulk.download(ref, session, never)).toEqual({ kind: 'interrupted' })
  })
})

describe('an answer without end', () => {
  const { bytes, ...of } = ref
  test.each([
    ['to a download', 200, { kind: 'refused', detail: `more than the ${bytes} bytes announced came` }],
    ['that is a refusal', 403, { kind: 'refused', detail: 'HTTP 403 Forbidden' }],
  ])('%s is hung up on', async (_, status, expected) => {
    const ends: Promise<void>[] = []
    const { bulk } = await serve((_, response) => void ends.push(endlessly(response, status)))
    expect(await bulk.download({ ...of, bytes }, session, never)).toEqual(expected)
    await Promise.all(ends)
  })

  test('of which a person is told reads as far as a person reads', async () => {
    const { bulk } = await serve((_, response) => problem(response, 403, 'x'.repeat(5_000)))
    expect(await bulk.download(ref, session, never)).toMatchObject({
      kind: 'refused',
      detail: expect.stringMatching(/^x{5000}: This is x{992}$/),
    })
  })
})

describe('upload', () => {
  const identity = identityFromSeed(new Uint8Array(32).fill(7))
  const task = TaskId.parse('digits')
  const round = roundId(task, 3)
  const client = ClientId.parse(identity.clientId)
  const submission = signSubmission(identity, {
    task,
    round,
    client,
    model: ref.digest,
    envelope: ref.digest,
    envelopeBytes: blob.length,
    claims: { examples: 10, metrics: { loss: 0.5 } },
  })
  const upload: Upload = { task, round, client, submission, envelope: blob, session }
  const receivedAt = '2026-03-01T09:30:00.000Z'
  const receipt = { round, client, envelope: ref.digest, receivedAt }

  const reading =
    (then: (body: Buffer, request: IncomingMessage, response: ServerResponse) => void): Handle =>
    (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => then(Buffer.concat(chunks), request, response))
    }

  test('goes to the coordinator alone: a redirection takes it nowhere', async () => {
    const elsewhere = await serve((_, response) => response.end(JSON.stringify(receipt)))
    const { bulk } = await serve((_, response) => {
      response.writeHead(307, { location: elsewhere.url }).end()
    })
    expect(await bulk.upload(upload, never)).toEqual({ kind: 'interrupted' })
    expect(elsewhere.requests).toEqual([])
  })

  test('sends envelope and signed claims, and reads the receipt', async () => {
    let sent: Buffer = Buffer.alloc(0)
    const { bulk, requests } = await serve(
      reading((body, _, response) => {
        sent = body
        response.end(JSON.stringify(receipt))
      }),
    )
    expect(await bulk.upload(upload, never)).toEqual({
      kind: 'received',
      receipt: { ...receipt, receivedAt: Date.parse(receivedAt) },
    })
    const [request] = requests
    expect(new Uint8Array(sent)).toEqual(blob)
    expect(request?.method).toBe('PUT')
    expect(request?.url).toBe(restPaths.update(round, client))
    expect(request?.headers['content-length']).toBe(String(blob.length))
    expect(request?.headers['content-type']).toBe('application/octet-stream')
    expect(decodeSubmission(String(request?.headers['tributary-submission']))).toEqual(submission)
  })

  test.each([
    [409, 'round-over', {}, { kind: 'round-over' }],
    [409, 'wrong-model', {}, { kind: 'refused', detail: 'wrong-model: This is wrong-model.' }],
    [413, 'too-large', {}, { kind: 'refused', detail: 'too-large: This is too-large.' }],
    [403, 'not-invited', {}, { kind: 'refused', detail: 'not-invited: This is not-invited.' }],
    [401, 'unauthenticated', {}, { kind: 'unauthenticated' }],
    [503, 'unavailable', { 'retry-after': '7' }, { kind: 'interrupted', afterMs: 7_000 }],
    [503, 'storage-full', {}, { kind: 'interrupted' }],
    [429, 'too-many', { 'retry-after': '99999999' }, { kind: 'interrupted', afterMs: 600_000 }],
    [500, 'internal', { 'retry-after': 'soon' }, { kind: 'interrupted' }],
  ])('[U10] answered %i %s means what it says', async (status, word, headers, expected) => {
    const { bulk } = await serve(reading((_, __, response) => problem(response, status, word, headers)))
    expect(await bulk.upload(upload, never)).toEqual(expected)
  })

  test('a Retry-After may be a date', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString()
    const { bulk } = await serve(
      reading((_, __, response) => problem(response, 503, 'unavailable', { 'retry-after': at })),
    )
    const answer = await bulk.upload(upload, never)
    expect(answer).toMatchObject({ kind: 'interrupted', afterMs: expect.any(Number) })
    if (answer.kind === 'interrupted') expect(answer.afterMs).toBeGreaterThan(50_000)
  })

  test.each([
    ['a page that is not JSON', '<html>Welcome to the hotel</html>'],
    ['a receipt for another client', JSON.stringify({ ...receipt, client: `c-${'0'.repeat(32)}` })],
    ['a receipt for another round', JSON.stringify({ ...receipt, round: 'digits.4' })],
  ])('%s acknowledges nothing', async (_, body) => {
    const { bulk } = await serve(reading((_, __, response) => response.end(body)))
    expect(await bulk.upload(upload, never)).toEqual({ kind: 'interrupted' })
  })

  test('the receipt for an earlier update of this client to this round is the answer to a later one', async () => {
    const envelope = `sha256:${'0'.repeat(64)}`
    const { bulk } = await serve(
      reading((_, __, response) => response.end(JSON.stringify({ ...receipt, envelope }))),
    )
    expect(await bulk.upload(upload, never)).toMatchObject({ kind: 'received', receipt: { envelope } })
  })

  test('an answer without end acknowledges nothing, and is hung up on', async () => {
    const ends: Promise<void>[] = []
    const { bulk } = await serve(reading((_, __, response) => void ends.push(endlessly(response, 200))))
    expect(await bulk.upload(upload, never)).toEqual({ kind: 'interrupted' })
    await Promise.all(ends)
  })

  test('cut off in the middle of the body is interrupted', async () => {
    const { bulk } = await serve((request) => request.once('data', () => request.socket.destroy()))
    expect(await bulk.upload(upload, never)).toEqual({ kind: 'interrupted' })
  })

  test('cut off before the receipt is interrupted, and the repetition is the same to the byte', async () => {
    const bodies: Buffer[] = []
    const { bulk } = await serve(
      reading((body, request, response) => {
        bodies.push(body)
        if (bodies.length === 1) request.socket.destroy()
        else response.end(JSON.stringify(receipt))
      }),
    )
    expect(await bulk.upload(upload, never)).toEqual({ kind: 'interrupted' })
    expect(await bulk.upload(upload, never)).toMatchObject({ kind: 'received' })
    expect(bodies[0]?.equals(bodies[1] ?? Buffer.alloc(0))).toBe(true)
  })

  test('that is aborted rejects with the reason', async () => {
    const { bulk } = await serve(() => undefined)
    const aborting = new AbortController()
    const answer = bulk.upload(upload, aborting.signal)
    const reason = new Error('the round is over')
    aborting.abort(reason)
    await expect(answer).rejects.toBe(reason)
  })
})
