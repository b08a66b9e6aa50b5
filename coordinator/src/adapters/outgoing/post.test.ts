import type { LookupAddress } from 'node:dns'
import { createServer } from 'node:net'
import { systemClock } from '@tributary/protocols/runtime'
import { afterEach, describe, expect, test } from 'vitest'
import type { PostAnswer } from '../../ports/post.ts'
import { isPublicAddress } from '../../webhooks/public-address.ts'
import { aReceiver, type Receiver } from '../contracts/receiver.ts'
import type { Resolve } from './checked-lookup.ts'
import { createPost, type PostOptions } from './post.ts'

let receiver: Receiver | undefined
afterEach(() => receiver?.close())

const send = (
  url: string,
  options: Partial<PostOptions> = {},
  signal = new AbortController().signal,
): Promise<PostAnswer> =>
  createPost({ clock: systemClock(), allows: () => true, timeoutMs: 500, ...options })({
    url,
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
    body: '{"is":"日本"}',
    signal,
  })

describe('a post', () => {
  test('arrives as it was given, and its answer is the status', async () => {
    receiver = await aReceiver()
    expect(await send(`${receiver.url}/in/there?q=1#part`)).toEqual({ kind: 'answered', status: 204 })
    expect(receiver.received).toMatchObject([
      {
        path: '/in/there?q=1',
        body: '{"is":"日本"}',
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'msg_1',
          'content-length': '15',
          connection: 'close',
        },
      },
    ])
  })

  test.each([
    [{ 'retry-after': '120' }, 120_000],
    [{ date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'retry-after': 'Sun, 06 Nov 1994 08:50:07 GMT' }, 30_000],
    [{ date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'retry-after': 'Sun, 06 Nov 1994 08:49:07 GMT' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
  ])('%o asks to be left alone for %s ms', async (headers, retryAfterMs) => {
    receiver = await aReceiver((response) => response.writeHead(503, headers).end())
    expect(await send(receiver.url)).toEqual({
      kind: 'answered',
      status: 503,
      ...(retryAfterMs && { retryAfterMs }),
    })
  })

  test('follows no redirection', async () => {
    await using other = await aReceiver()
    receiver = await aReceiver((response) => response.writeHead(307, { location: other.url }).end())
    expect(await send(receiver.url)).toEqual({ kind: 'answered', status: 307 })
    expect(other.received).toEqual([])
  })

  test('counts by its status though its answer is endless or comes drop by drop', async () => {
    let sent = 0
    await using endless = await aReceiver((response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536
        response.once('drain', more)
      }
      more()
    })
    expect(await send(endless.url, { timeoutMs: 20_000 })).toEqual({ kind: 'answered', status: 200 })
    expect(sent).toBeLessThan(50_000_000)

    receiver = await aReceiver((response) => {
      response.writeHead(202).write('.')
      const dripping = setInterval(() => response.write('.'), 20)
      response.once('close', () => clearInterval(dripping))
    })
    expect(await send(receiver.url)).toEqual({ kind: 'answered', status: 202 })
  })

  test('that nobody answers fails in time, also where headers come drop by drop', async () => {
    receiver = await aReceiver(() => {})
    expect(await send(receiver.url)).toEqual({ kind: 'failed', why: 'no answer within 0.5 s' })

    const dripping = createServer((socket) => {
      socket.on('error', () => {}).write('HTTP/1.1 200 OK\r\n')
      const drip = setInterval(() => socket.write('x: y\r\n'), 50)
      socket.once('close', () => clearInterval(drip))
    }).listen(0, '127.0.0.1')
    await new Promise((listening) => dripping.once('listening', listening))
    const address = dripping.address()
    expect(await send(`http://127.0.0.1:${typeof address === 'object' && address?.port}`)).toEqual({
      kind: 'failed',
      why: 'no answer within 0.5 s',
    })
    await new Promise((closed) => dripping.close(closed))
  })

  test('that is refused, cut off, or answered with nonsense fails', async () => {
    receiver = await aReceiver((response) => response.socket?.destroy())
    expect(await send(receiver.url)).toEqual({ kind: 'failed', why: 'it broke the connection off' })
    await receiver.close()
    expect(await send(receiver.url)).toEqual({ kind: 'failed', why: 'nothing listens there' })

    for (const [nonsense, why] of [
      ['SSH-2.0-OpenSSH_9.9\r\n', 'the connection failed (HPE_INVALID_CONSTANT)'],
      [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 'the headers of its answer are too long'],
      [
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
        'it broke the connection off',
      ],
      ['', 'it broke the connection off'],
    ] as const) {
      const server = createServer((socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end(nonsense),
      ).listen(0, '127.0.0.1')
      await new Promise((listening) => server.once('listening', listening))
      const address = server.address()
      const answer = await send(`http://127.0.0.1:${typeof address === 'object' && address?.port}`)
      await new Promise((closed) => server.close(closed))
      expect(answer).toEqual({ kind: 'failed', why })
    }
  })

  test('over https wants a certificate that holds', async () => {
    receiver = await aReceiver()
    const answer = await send(receiver.url.replace('http:', 'https:'))
    expect(answer).toMatchObject({ kind: 'failed', why: expect.stringMatching(/^the connection failed \(/) })
    expect(receiver.received).toEqual([])
  })

  test('is given up at once, and begun no more then', async () => {
    receiver = await aReceiver(() => stopping.abort())
    const stopping = new AbortController()
    const began = Date.now()
    expect(await send(receiver.url, { timeoutMs: 60_000 }, stopping.signal)).toEqual({ kind: 'given-up' })
    expect(Date.now() - began).toBeLessThan(30_000)
    expect(await send(receiver.url, {}, stopping.signal)).toEqual({ kind: 'given-up' })
    expect(receiver.received).toHaveLength(1)
  })
})

describe('addresses that are not allowed', () => {
  const refused = { kind: 'failed', why: expect.stringContaining('not a public one') }
  const resolvedTo =
    (...addresses: string[]): Resolve =>
    async () =>
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }))

  test('are not connected to, written as numbers or behind a name', async () => {
    receiver = await aReceiver()
    const { port } = new URL(receiver.url)
    const options = { allows: isPublicAddress }
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      '[::]',
    ])
      expect(await send(`http://${host}:${port}/`, options)).toEqual(refused)
    for (const addresses of [['127.0.0.1'], ['::1', '127.0.0.1'], ['::ffff:127.0.0.1'], []])
      expect(
        await send(`http://hooks.example:${port}/`, { ...options, resolve: resolvedTo(...addresses) }),
      ).toEqual(refused)
    expect(receiver.received).toEqual([])
  })

  test('are left out of several, and a name is asked for once: what was checked is what is connected to', async () => {
    receiver = await aReceiver()
    const { port } = new URL(receiver.url)
    let asked = 0
    const rebinding: Resolve = (hostname) => {
      asked++
      return resolvedTo(...(asked === 1 ? ['127.0.0.2', '127.0.0.1'] : ['127.0.0.2']))(hostname)
    }
    const options = { allows: (address: string) => address === '127.0.0.1', resolve: rebinding }
    expect(await send(`http://hooks.example:${port}/`, options)).toEqual({ kind: 'answered', status: 204 })
    expect(asked).toBe(1)
    expect(receiver.received[0]?.headers.host).toBe(`hooks.example:${port}`)
    expect(await send(`http://hooks.example:${port}/`, options)).toEqual(refused)
  })

  test('a name that is not known fails', async () => {
    const resolve: Resolve = async () => {
      throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    }
    expect(await send('http://nowhere.example/', { resolve })).toEqual({
      kind: 'failed',
      why: 'its name is not known',
    })
  })
})
