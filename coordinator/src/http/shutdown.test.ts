import { connect, type Socket } from 'node:net'
import fastify from 'fastify'
import { expect, test, vi } from 'vitest'
import { aServer, aTask } from './http.builders.ts'
import { cutWhenClosing } from './shutdown.ts'

test('a request that came before the end is served, one that comes during it is told to come again', async () => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const server = await aServer({
    tasks: {
      get: async () => {
        asked.resolve()
        await answer.promise
        return aTask()
      },
    },
  })
  const { port, hostname } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  const request =
    'GET /api/v1/tasks/digits HTTP/1.1\r\nhost: here\r\nauthorization: Bearer tro_viewer\r\n\r\n'
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk
  })
  socket.write(request)
  await asked.promise

  const closed = server.close()
  await vi.waitFor(() => expect(fetch(server.url)).rejects.toThrow())
  socket.write(request)
  await vi.waitFor(() => expect(server.logged.join('')).toContain('unavailable'))
  answer.resolve()
  await closed

  await vi.waitFor(() => expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']))
})

test.each([
  ['nothing is asked', '', 0],
  ['a request stops half-way', 'GET / HTTP/1.1\r\nhost: he', 200],
  ['a body stops half-way', 'POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 99\r\n\r\n{', 200],
])('a connection on which %s does not hold the end up beyond its grace', async (_, said, graceMs) => {
  const app = fastify()
  cutWhenClosing(app, graceMs === 0 ? 60_000 : graceMs)
  app.post('/', () => 'posted')
  const { port, hostname } = new URL(await app.listen({ port: 0 }))
  const accepted = new Promise<Socket>((resolve) => app.server.once('connection', resolve))
  const socket = connect(Number(port), hostname)
  const ended = new Promise((resolve) => socket.once('close', resolve))
  socket.resume().write(said)
  const theirs = await accepted
  await vi.waitFor(() => expect(theirs.bytesRead).toBe(said.length))
  const startedAt = performance.now()
  await app.close()
  await ended
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(graceMs - 1) // timers count whole milliseconds
})
