/** [L1]: socket.io spoken over a bare WebSocket, as docs/protocol.md and socket.io's own description have it. */
export type HandMadeMessage = { type: string } & Record<string, unknown>

export type HandMadeLine = {
  say(message: object): void
  /** An event of another name. */
  emit(event: string, ...parts: unknown[]): void
  /** The next message not read yet, or `ended` once there is none and the line is over. */
  hear(): Promise<HandMadeMessage | { type: 'ended' }>
  close(): void
}

const NAMESPACE = '/participate,'
const ENDED = { type: 'ended' } as const

export const openLineByHand = async (url: string): Promise<HandMadeLine> => {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const heard: HandMadeMessage[] = []
  let ended = false
  let noticed = () => {}
  const joined = new Promise<void>((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error(`no websocket at ${url}`)))
    socket.addEventListener('message', ({ data }) => {
      const packet = String(data)
      // Engine.IO 4: 0 open, 2 ping, 3 pong, 4 message. socket.io 5: 0 connect, 1 disconnect, 2 event, 4 error.
      if (packet.startsWith('0')) socket.send(`40${NAMESPACE}`)
      else if (packet === '2') socket.send('3')
      else if (packet.startsWith(`40${NAMESPACE}`)) resolve()
      else if (packet.startsWith(`44${NAMESPACE}`)) reject(new Error(packet))
      else if (packet.startsWith(`42${NAMESPACE}`)) {
        const [event, message] = JSON.parse(packet.slice(2 + NAMESPACE.length))
        if (event !== 'message') throw new Error(`an event named ${event}`)
        heard.push(message)
        noticed()
      }
    })
    socket.addEventListener('close', () => {
      ended = true
      noticed()
    })
  })
  await joined
  const emit = (event: string, ...parts: unknown[]) =>
    socket.send(`42${NAMESPACE}${JSON.stringify([event, ...parts])}`)
  return {
    emit,
    say: (message) => emit('message', message),
    async hear() {
      while (heard.length === 0 && !ended)
        await new Promise<void>((resolve) => {
          noticed = resolve
        })
      return heard.shift() ?? ENDED
    },
    close: () => socket.close(),
  }
}
