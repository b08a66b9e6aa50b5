import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** What a request to the store is, as faults are chosen by. */
export type Asked = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
}

export type Trouble =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection ends when so many bytes of the body have come. */
  | { kind: 'cut-upload'; afterBytes: number }
  /** The connection ends when so many bytes of the answer's body have gone; what was asked has been done. */
  | { kind: 'cut-answer'; afterBytes: number }
  /** The answer's head, so many bytes of its body, and then nothing. */
  | { kind: 'stall'; afterBytes: number }
  | { kind: 'change-answer'; change(body: Buffer): Buffer }
  | { kind: 'slow'; ms: number }

export type Abilities = 'own' | { conditionalPuts: 'kept' | 'ignored' | 'refused'; listsUploads: boolean }

export type S3Gateway = {
  url: string
  /** Everything that was asked, in order. */
  asked: Asked[]
  /** How many objects a page of a list has at most; otherwise as many as the store lists. */
  mostListed: number | undefined
  /** How many answers have gone out whole. */
  answered: number
  /** What goes wrong with a request. */
  happens: (asked: Asked) => Trouble | undefined
  /** What the gateway adds to the store behind it, or keeps from it; `own` leaves both to the store. */
  abilities: Abilities
  /** Uploads begun and neither completed nor aborted. */
  uploads(): number
  /** Connections that are open. */
  connections(): number
  close(): Promise<void>
}

/**
 * A real HTTP server in front of the store: what the store lacks of S3 is added here, and what may go wrong on the way
 * happens here. Adds conditional puts (412), checks SHA-256 checksums (400), and lists multipart uploads.
 */
export const openS3Gateway = async (store: string, abilities: Abilities = ADDED): Promise<S3Gateway> => {
  const upstream = new URL(store)
  const uploads = new Map<string, { key: string; startedAt: string }>()
  const sockets = new Set<unknown>()
  /** Conditional puts of one key, one after the other. */
  const turns = new Map<string, Promise<unknown>>()

  const forward = async (asked: Asked, path: string, body: Buffer): Promise<Answer> => {
    const headers = { ...asked.headers, 'content-length': String(body.length) }
    const ask = request({ ...endpointOf(upstream), path, method: asked.method, headers })
    // One that answers before it has read everything closes the connection.
    ask.on('error', () => {})
    ask.end(body)
    const [answer]: IncomingMessage[] = await once(ask, 'response')
    if (!answer) throw new Error('no answer')
    return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) }
  }

  const answerOf = async (asked: Asked, path: string, body: Buffer): Promise<Answer> => {
    const { abilities } = gateway
    if (abilities === 'own') return forward(asked, path, body)
    if (gateway.mostListed !== undefined && asked.query.has('list-type'))
      return forward(asked, `${path}&max-keys=${gateway.mostListed}`, body)
    const claimed = asked.headers['x-amz-checksum-sha256']
    if (claimed !== undefined && claimed !== createHash('sha256').update(body).digest('base64'))
      return failure(400, 'BadDigest')
    if (asked.query.has('uploads') && asked.method === 'GET')
      return abilities.listsUploads ? listed(uploads) : failure(501, 'NotImplemented')
    if (asked.headers['if-none-match'] !== '*' || asked.method !== 'PUT') return forward(asked, path, body)
    if (abilities.conditionalPuts === 'refused') return failure(501, 'NotImplemented')
    if (abilities.conditionalPuts === 'ignored') return forward(asked, path, body)
    const turn = (turns.get(path) ?? Promise.resolve()).then(async () => {
      const there = await forward({ ...asked, method: 'HEAD', headers: {} }, path, Buffer.alloc(0))
      return there.status === 200 ? failure(412, 'PreconditionFailed') : forward(asked, path, body)
    })
    turns.set(
      path,
      turn.catch(() => {}),
    )
    return turn
  }

  const note = ({ method, query, path }: Asked, { status, body }: Answer) => {
    if (status >= 300) return
    const id = query.get('uploadId')
    if (method === 'POST' && query.has('uploads')) {
      const begun = /<UploadId>([^<]+)</.exec(body.toString())?.[1] ?? ''
      uploads.set(begun, { key: keyOf(path), startedAt: new Date().toISOString() })
    } else if (id !== null && method !== 'PUT') uploads.delete(id)
  }

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const path = incoming.url ?? '/'
    const url = new URL(path, store)
    const asked: Asked = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
    }
    gateway.asked.push(asked)
    const trouble = gateway.happens(asked)
    if (trouble?.kind === 'cut-upload') return cutWhile(incoming, trouble.afterBytes)
    const body = await buffer(incoming)
    if (trouble?.kind === 'answer') {
      outgoing.writeHead(trouble.status, { 'content-type': 'application/xml', ...trouble.headers })
      return void outgoing.end(asked.method === 'HEAD' ? undefined : trouble.body)
    }
    if (trouble?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, trouble.ms))
    const answer = await answerOf(asked, path, body)
    note(asked, answer)
    const changed = trouble?.kind === 'change-answer' ? trouble.change(answer.body) : answer.body
    outgoing.writeHead(answer.status, {
      ...answer.headers,
      ...(asked.method !== 'HEAD' && { 'content-length': String(changed.length) }),
    })
    if (trouble?.kind === 'cut-answer' || trouble?.kind === 'stall') {
      outgoing.flushHeaders()
      outgoing.write(changed.subarray(0, trouble.afterBytes), () => {
        if (trouble.kind === 'cut-answer') incoming.socket.destroySoon()
      })
      return
    }
    outgoing.end(changed, () => gateway.answered++)
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const at = server.address()
  const gateway: S3Gateway = {
    url: `http://127.0.0.1:${typeof at === 'object' ? at?.port : at}`,
    asked: [],
    mostListed: undefined,
    answered: 0,
    happens: () => undefined,
    abilities,
    uploads: () => uploads.size,
    connections: () => sockets.size,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return gateway
}

export const ADDED: Abilities = { conditionalPuts: 'kept', listsUploads: true }

type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer }

const endpointOf = ({ hostname, port, protocol }: URL) => ({ hostname, port, protocol })

/** `/bucket/a/key` is the key `a/key`. */
const keyOf = (path: string) => decodeURIComponent(path).split('/').slice(2).join('/')

/** An answer as S3 words its failures. */
export const failureBody = (code: string, message = 'told by the test'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`

const failure = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(failureBody(code)),
})

const listed = (uploads: ReadonlyMap<string, { key: string; startedAt: string }>): Answer => {
  const each = [...uploads].map(
    ([id, { key, startedAt }]) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${startedAt}</Initiated></Upload>`,
  )
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${each.join('')}</ListMultipartUploadsResult>`
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) }
}

const cutWhile = (incoming: IncomingMessage, afterBytes: number) => {
  let came = 0
  const look = (bytes: number) => {
    came += bytes
    if (came >= afterBytes) incoming.socket.resetAndDestroy()
  }
  incoming.on('data', ({ length }: Buffer) => look(length))
  incoming.on('end', () => look(afterBytes))
  incoming.on('error', () => {})
  look(0)
}
