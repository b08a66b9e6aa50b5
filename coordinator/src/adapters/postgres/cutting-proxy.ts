/** The way to a server, which breaks at a chosen moment. For tests. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Whether the connection breaks before the server hears `commit`, or after it has answered and before that is heard. */
type Cut = 'before the commit' | 'after the commit'

export type CuttingProxy = {
  url: string
  /** The next commit on any connection is cut so; once. */
  cutNext(cut: Cut): void
  /** From the next cut on nobody gets through any more. */
  shutWithCut(): void
  close(): Promise<void>
}

/** A simple query message, as node-postgres writes it: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1')

export const cuttingProxy = async (url: string): Promise<CuttingProxy> => {
  const target = new URL(url)
  let cut: Cut | undefined
  let shutting = false
  let open = true
  const guests = new Set<Socket>()
  const server = createServer((guest) => {
    if (!open) return void guest.destroy()
    guests.add(guest)
    const way = connect(Number(target.port), target.hostname)
    let deaf = false
    const cutOff = () => {
      end()
      if (!shutting) return
      open = false
      for (const other of guests) other.destroy()
    }
    const end = () => {
      guests.delete(guest)
      guest.destroy()
      way.destroy()
    }
    guest.on('error', end).on('close', end)
    way.on('error', end).on('close', end)
    guest.on('data', (bytes: Buffer) => {
      if (cut && bytes.includes(COMMIT)) {
        if (cut === 'before the commit') cutOff()
        deaf = true
        cut = undefined
      }
      if (!way.destroyed) way.write(bytes)
    })
    way.on('data', (bytes: Buffer) => {
      if (deaf) cutOff()
      else guest.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  const through = new URL(url)
  through.port = `${address.port}`
  return {
    url: through.href,
    cutNext(how) {
      cut = how
    },
    shutWithCut() {
      shutting = true
    },
    async close() {
      for (const guest of guests) guest.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
