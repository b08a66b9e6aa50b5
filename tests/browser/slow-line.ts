/** A slow line before a coordinator: everything that passes is late and takes its time, requests and WebSockets alike. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type SlowLine = AsyncDisposable & {
  /** The coordinator's address at the far end of the line. */
  url: string
  /** Bytes that have come through to the coordinator. */
  up(): number
  /** Breaks every connection off. New ones are let in again. */
  breakOff(): void
}

type Pace = {
  /** From one end to the other. */
  lateMs: number
  /** Of each direction, for all connections together. */
  bytesPerSecond: number
}

/** What leaves at once is no more than this, so that a broken line has let through what it had time for. */
const PIECE_BYTES = 4_096

export const startSlowLine = async (target: string, { lateMs, bytesPerSecond }: Pace): Promise<SlowLine> => {
  const port = Number(new URL(target).port)
  const sockets = new Set<Socket>()
  let passedUp = 0

  /** One direction: pieces leave one after the other, whichever connection they are of. */
  const direction = (passed: (bytes: number) => void) => {
    let free = 0
    return (from: Socket, to: Socket) => {
      const pass = (bytes: Buffer, last: () => void) => {
        const now = performance.now()
        free = Math.max(free, now) + (1_000 * bytes.length) / bytesPerSecond
        setTimeout(
          () => {
            if (!to.destroyed) {
              passed(bytes.length)
              to.write(bytes)
            }
            last()
          },
          free + lateMs - now,
        )
      }
      from.on('data', (bytes: Buffer) => {
        from.pause()
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
          const piece = bytes.subarray(at, at + PIECE_BYTES)
          pass(piece, () => {
            if (at + PIECE_BYTES >= bytes.length && !from.destroyed) from.resume()
          })
        }
      })
      from.on('end', () => to.end())
      from.on('error', () => from.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  }
  const upwards = direction((bytes) => {
    passedUp += bytes
  })
  const downwards = direction(() => undefined)

  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.setNoDelay(true))
    upwards(near, far)
    downwards(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const breakOff = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    up: () => passedUp,
    breakOff,
    async [Symbol.asyncDispose]() {
      breakOff()
      server.close()
      await once(server, 'close')
    },
  }
}
