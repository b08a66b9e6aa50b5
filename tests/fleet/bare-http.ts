import { once } from 'node:events'
import { connect } from 'node:net'

/** A connection to say HTTP over by hand: a body that never comes, comes short, or never ends. */
export type BareHttp = {
  write(text: string | Uint8Array): void
  /** The next answer, once its headers and body are there whole. Rejects where the connection ends before. */
  answer(): Promise<{ status: number; headers: string; body: string }>
  isOpen(): boolean
  close(): void
}

export const openBareHttp = async (url: string): Promise<BareHttp> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let text = ''
  let changed = () => {}
  let isOpen = true
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
    changed()
  })
  socket.on('error', () => {}) // 'close' follows
  socket.on('close', () => {
    isOpen = false
    changed()
  })
  const taken = () => {
    const headersEnd = text.indexOf('\r\n\r\n')
    if (headersEnd < 0) return undefined
    const headers = text.slice(0, headersEnd)
    const length = Number(/^content-length: *(\d+)/im.exec(headers)?.[1] ?? 0)
    const end = headersEnd + 4 + length
    if (text.length < end) return undefined
    const body = text.slice(headersEnd + 4, end)
    text = text.slice(end)
    return { status: Number(headers.split(' ', 2)[1]), headers, body }
  }
  return {
    write: (piece) => void socket.write(piece),
    answer: () =>
      new Promise((resolve, reject) => {
        changed = () => {
          const answer = taken()
          if (answer) resolve(answer)
          else if (!isOpen) reject(new Error(`the connection ended without an answer: ${text}`))
        }
        changed()
      }),
    isOpen: () => isOpen,
    close: () => void socket.destroy(),
  }
}

/** The head of a request. */
export const requestHead = (method: string, path: string, headers: Record<string, string | number>): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: coordinator.test',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')
