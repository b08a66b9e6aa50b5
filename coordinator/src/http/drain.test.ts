import { once } from 'node:events'
import { connect } from 'node:net'
import fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { type DrainLimits, drainUnread } from './drain.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const refusing = async (limits: DrainLimits): Promise<URL> => {
  const app = fastify()
  closing.push(() => app.close())
  drainUnread(app, limits)
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
  app.put('/', async (_request, reply) => reply.code(413).send('no'))
  return new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
}

/** A connection that announced `contentLength` bytes, sent none, and was refused. */
const refused = async (url: URL, contentLength: number) => {
  const socket = connect(Number(url.port), url.hostname)
  closing.push(() => socket.destroy())
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.on('close', resolve))
  const type = 'content-type: application/octet-stream'
  socket.write(`PUT / HTTP/1.1\r\nhost: here\r\n${type}\r\ncontent-length: ${contentLength}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('HTTP/1.1 413')
  return { socket, closed }
}

test('a client that was refused can send the rest, and the next request on the same line', async () => {
  const { socket } = await refused(await refusing({ maxBytes: 1_000, maxMs: 10_000 }), 500)

  socket.write(Buffer.alloc(500))
  socket.write('PUT / HTTP/1.1\r\nhost: here\r\ncontent-length: 0\r\n\r\n')

  expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 413')
})

test('a client that was refused and sends nothing more is let go after a while', async () => {
  const { closed } = await refused(await refusing({ maxBytes: 1_000, maxMs: 50 }), 500)

  await closed
})

test('a client that was refused and sends on without end is cut off', async () => {
  const { socket, closed } = await refused(await refusing({ maxBytes: 1_000, maxMs: 10_000 }), 1_000_000)

  socket.write(Buffer.alloc(2_000))

  await closed
})
