import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TaskId } from '@tributary/protocols'
import { createChallenge, encodeNonce } from '@tributary/protocols/crypto'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { type Clock, virtualClock } from '@tributary/protocols/runtime'
import { Server, type Socket } from 'socket.io'
import { afterEach, expect, test, vi } from 'vitest'
import { endpointsOf } from './endpoints.ts'
import { openSocketLine, socketLines } from './socket-line.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A real socket.io server that does as told with each socket. */
const serve = async (
  connected: (socket: Socket) => void,
  { path = '', ...heartbeat }: { path?: string; pingInterval?: number; pingTimeout?: number } = {},
) => {
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'], path: `${path}/socket.io`, ...heartbeat })
  io.of('/participate').on('connection', connected)
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  closing.push(async () => void (await io.close()))
  const { port } = http.address() as AddressInfo
  return { endpoints: endpointsOf(`http://127.0.0.1:${port}${path}`), io }
}

/** A line whose every word is written down. */
const openLine = (endpoints: ReturnType<typeof endpointsOf>, clock?: Clock) => {
  const line = openSocketLine(endpoints, { clock })
  const heard: CoordinatorMessage[] = []
  const malformed: string[] = []
  const closed: string[] = []
  line.listen({
    message: (message) => heard.push(message),
    malformed: (problem) => malformed.push(problem),
    closed: (reason) => closed.push(reason),
  })
  closing.push(async () => line.close())
  return { line, heard, malformed, closed }
}

const { coordinator, nonce } = createChallenge('test')
const challenge: CoordinatorMessage = {
  type: 'challenge',
  coordinator,
  nonce: encodeNonce(nonce),
  protocols: [1],
}
const task = TaskId.parse('digits')

test('words travel both ways, in order', async () => {
  const received: unknown[] = []
  const { endpoints } = await serve((socket) => {
    socket.on('message', (message) => received.push(message))
    socket.emit('message', challenge)
    socket.emit('message', { type: 'standby', task })
  })
  const { line, heard } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toEqual([challenge, { type: 'standby', task }]))
  line.send({ type: 'check-in', task })
  line.send({ type: 'leave', task })
  await vi.waitFor(() =>
    expect(received).toEqual([
      { type: 'check-in', task },
      { type: 'leave', task },
    ]),
  )
})

test('what is said just before the end still arrives', async () => {
  const received: unknown[] = []
  const { endpoints } = await serve((socket) => {
    socket.on('message', (message) => received.push(message))
    socket.emit('message', challenge)
  })
  const { line, heard, closed } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toHaveLength(1))
  line.send({ type: 'leave', task })
  line.close()
  await vi.waitFor(() => expect(received).toEqual([{ type: 'leave', task }]))
  expect(closed).toEqual(['closed by this client'])
})

test('what is no message is told and not passed on; the line stays', async () => {
  const { endpoints } = await serve((socket) => {
    socket.emit('message', { type: 'dance' })
    socket.emit('message', { type: 'standby', task, extra: 1 })
    socket.emit('message', challenge)
  })
  const { heard, malformed, closed } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toEqual([challenge]))
  expect(malformed).toEqual([expect.stringMatching(/^at type: /), expect.stringMatching(/extra/)])
  expect(closed).toEqual([])
})

test('a message of ours that is none is an error here, and does not travel', async () => {
  const received: unknown[] = []
  const { endpoints } = await serve((socket) => {
    socket.on('message', (message) => received.push(message))
    socket.emit('message', challenge)
  })
  const { line, heard } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toHaveLength(1))
  expect(() => line.send({ type: 'progress', round: 'x.1', fraction: 2 } as never)).toThrow()
  line.send({ type: 'leave', task })
  await vi.waitFor(() => expect(received).toEqual([{ type: 'leave', task }]))
})

test('a line that the other side ends is over once and for all', async () => {
  let connections = 0
  const { endpoints, io } = await serve((socket) => {
    connections++
    socket.emit('message', challenge)
  })
  const { line, heard, closed } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toHaveLength(1))
  io.of('/participate').disconnectSockets(true)
  await vi.waitFor(() => expect(closed).toHaveLength(1))
  line.send({ type: 'leave', task })
  line.close()
  expect(closed).toHaveLength(1)
  expect(connections).toBe(1)
})

test('where nobody listens, the line is closed with the reason', async () => {
  const { closed } = openLine(endpointsOf('http://127.0.0.1:1'))
  await vi.waitFor(() => expect(closed).toEqual(['websocket error']))
})

test('a coordinator under a path has its socket there too', async () => {
  const { endpoints } = await serve((socket) => socket.emit('message', challenge), { path: '/learn' })
  const { heard } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toEqual([challenge]))
})

test('closed before it is open, it opens no more', async () => {
  let connections = 0
  const { endpoints } = await serve(() => {
    connections++
  })
  const { line, closed } = openLine(endpoints)
  line.close('changed my mind')
  expect(closed).toEqual(['changed my mind'])
  const other = openLine(endpoints)
  await vi.waitFor(() => expect(connections).toBe(1))
  other.line.close()
})

test('the other side’s heartbeat is answered', async () => {
  let heartbeats = 0
  const { endpoints } = await serve(
    (socket) => {
      socket.conn.on('heartbeat', () => heartbeats++)
    },
    { pingInterval: 10, pingTimeout: 5_000 },
  )
  const { closed } = openLine(endpoints)
  await vi.waitFor(() => expect(heartbeats).toBeGreaterThan(3))
  expect(closed).toEqual([])
})

test('a line on which no heartbeat comes is lost, after interval and patience', async () => {
  const { endpoints } = await serve((socket) => socket.emit('message', challenge), {
    pingInterval: 100_000,
    pingTimeout: 50_000,
  })
  const clock = virtualClock()
  const { heard, closed } = openLine(endpoints, clock)
  await vi.waitFor(() => expect(heard).toEqual([challenge]))
  clock.advanceTo(149_999)
  expect(closed).toEqual([])
  clock.advanceTo(150_000)
  expect(closed).toEqual(['ping timeout'])
  expect(clock.pending()).toBe(0)
})

test('one that is not welcomed in time is given up', async () => {
  const http = createServer()
  http.on('upgrade', () => undefined)
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  const { port } = http.address() as AddressInfo
  closing.push(async () => {
    http.closeAllConnections()
    http.close()
  })
  const clock = virtualClock()
  const { closed } = openLine(endpointsOf(`http://127.0.0.1:${port}`), clock)
  clock.advanceTo(20_000)
  expect(closed).toEqual(['timeout'])
})

test('where the namespace is refused, the line is closed with the other side’s words', async () => {
  const { endpoints, io } = await serve(() => undefined)
  io.of('/participate').use((_, next) => next(new Error('not today')))
  const { closed } = openLine(endpoints)
  await vi.waitFor(() => expect(closed).toEqual(['not today']))
})

test.each([
  ['a binary event', (socket: Socket) => socket.emit('message', Buffer.from('hello'))],
  ['bytes', (socket: Socket) => socket.conn.send(Buffer.from('hello') as never)],
  ['a packet of no kind', (socket: Socket) => socket.conn.send('9')],
  ['an event that is no JSON', (socket: Socket) => socket.conn.send('2/participate,["message",')],
])('%s ends the line', async (_, say) => {
  const { endpoints } = await serve((socket) => void say(socket))
  const { heard, closed } = openLine(endpoints)
  await vi.waitFor(() => expect(closed).toEqual(['parse error']))
  expect(heard).toEqual([])
})

test('other events and other namespaces are passed over; one that asks to be acknowledged is heard', async () => {
  const { endpoints } = await serve((socket) => {
    socket.emit('news', challenge)
    socket.conn.send(`2/admin,${JSON.stringify(['message', challenge])}`)
    socket.conn.send(`2/participate,17${JSON.stringify(['message', challenge])}`)
  })
  const { heard, malformed } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toEqual([challenge]))
  expect(malformed).toEqual([])
})

test('a platform without WebSocket is told what to do', () => {
  vi.stubGlobal('WebSocket', undefined)
  closing.push(async () => void vi.unstubAllGlobals())
  expect(() => socketLines(endpointsOf('http://127.0.0.1:1'))).toThrow(/has no WebSocket.*Node 22/)
})

test('a browser that loses its network ends the line at once, and hears of it no more', async () => {
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  const remove = vi.fn(page.removeEventListener.bind(page))
  vi.stubGlobal('removeEventListener', remove)
  closing.push(async () => void vi.unstubAllGlobals())
  const { endpoints } = await serve((socket) => socket.emit('message', challenge))
  const { heard, closed } = openLine(endpoints)
  await vi.waitFor(() => expect(heard).toHaveLength(1))
  page.dispatchEvent(new Event('offline'))
  page.dispatchEvent(new Event('offline'))
  expect(closed).toEqual(['network connection lost'])
  expect(remove).toHaveBeenCalledOnce()
})
