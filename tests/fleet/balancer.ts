import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type Balancer = AsyncDisposable & {
  url: string
  /** Connections from now on go to these ports in turn; those there are stay where they are. */
  pointAt(ports: readonly number[]): void
}

/** What stands before several coordinators: hands each connection to the next that answers. */
export const startBalancer = async (ports: readonly number[]): Promise<Balancer> => {
  let targets = ports
  let turn = 0
  const sockets = new Set<Socket>()
  const remember = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  }
  const letIn = (guest: Socket, tries: number) => {
    const port = targets[turn++ % targets.length]
    if (port === undefined || tries === 0) return void guest.destroy()
    const target = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    const refused = () => letIn(guest, tries - 1)
    target.once('error', refused)
    target.once('connect', () => {
      target.off('error', refused)
      remember(target)
      for (const [from, to] of [
        [guest, target],
        [target, guest],
      ] as const)
        from
          .on('error', () => from.destroy())
          .on('close', () => to.destroy())
          .pipe(to)
    })
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (guest) => {
    remember(guest)
    guest.on('error', () => guest.destroy())
    letIn(guest, targets.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    pointAt(ports) {
      targets = ports
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
