import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { aServer, aTask } from './http.builders.ts'

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
