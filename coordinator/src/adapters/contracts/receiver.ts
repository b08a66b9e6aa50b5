/** A real HTTP server on a loopback port that answers as a test says, and keeps what came. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'

export type Received = { path: string; headers: IncomingHttpHeaders; body: string }

export type Receiver = AsyncDisposable & {
  url: string
  received: Received[]
  /** Cuts every connection and takes no more. */
  close(): Promise<void>
}

export const aReceiver = async (
  answer: (response: ServerResponse, request: IncomingMessage, count: number) => void = (response) =>
    response.writeHead(204).end(),
  port = 0,
): Promise<Receiver> => {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { url: path = '', headers } = request
    received.push({ path, headers, body: Buffer.concat(chunks).toString() })
    answer(response, request, received.length)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  const close = async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
  return { url: `http://127.0.0.1:${address.port}`, received, close, [Symbol.asyncDispose]: close }
}
