import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { TaskId } from '@tributary/protocols'
import { LiveEvent } from '@tributary/protocols/rest'
import { type VirtualClock, virtualClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Admission, Handshake } from '../../live/admit-watchers.ts'
import type { Watcher } from '../../live/live.ts'
import { type Refusal, refuse } from '../../refusal.ts'
import { type SocketServer, serveSockets } from './serve-sockets.ts'

const START = 1_000_000

let server: Server
let sockets: SocketServer
let clock: VirtualClock
/** Whom the process tells; nobody where nobody watches. */
let watcher: Watcher | undefined
let answers: Map<string, Admission | Refusal | Error>
let handshakes: Handshake[]
let faults: unknown[]
let open: { close(): void }[]

beforeEach(async () => {
  server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  clock = virtualClock(START)
  answers = new Map()
  handshakes = []
  faults = []
  open = []
  sockets = serveSockets(server, {
    origins: '*',
    ownOrigin: 'https://fl.example',
    participants: { accept: () => {} },
    watchers: {
      clock,
      async admit(handshake) {
        handshakes.push(handshake)
        const answer = answers.get(handshake.token ?? handshake.cookieHeader ?? '')
        if (answer instanceof Error) throw answer
        return answer ?? refuse('unauthenticated', 'nobody knows you')
      },
      watch(next) {
        watcher = next
        return () => {
          watcher = undefined
        }
      },
      fault: (error) => void faults.push(error),
    },
  })
})
afterEach(() => {
  for (const one of open) one.close()
  sockets.close()
  server.close()
})

const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
const admitted = (role: 'viewer' | 'admin', more: Partial<Admission> = {}): Admission => ({
  actor: { id: 'one', name: 'One', role },
  ...more,
})

type Heard = LiveEvent | { refused: string } | 'ended'

/** A line opened with Engine.IO's own words, and what was heard on it. */
const openLine = (token?: string, headers: Record<string, string> = {}) => {
  // Node's WebSocket takes headers, which a browser's does not.
  const socket = Reflect.construct(WebSocket, [
    `ws://${host()}/socket.io/?EIO=4&transport=websocket`,
    { headers },
  ]) as WebSocket
  const heard: Heard[] = []
  socket.addEventListener('message', ({ data }) => {
    const packet = String(data)
    if (packet.startsWith('0'))
      socket.send(`40/admin,${token === undefined ? '' : JSON.stringify({ token })}`)
    if (packet.startsWith('42/admin,')) heard.push(LiveEvent.parse(JSON.parse(packet.slice(9))[1]))
    if (packet.startsWith('44/admin,')) heard.push({ refused: JSON.parse(packet.slice(9)).data.reason })
  })
  socket.addEventListener('close', () => heard.push('ended'))
  open.push(socket)
  return { heard, close: () => socket.close() }
}
type Line = ReturnType<typeof openLine>

const kinds = ({ heard }: Line) =>
  heard.map((one) => (typeof one === 'string' ? one : 'type' in one ? one.type : one.refused))
const hears = (line: Line, ...expected: string[]) => expect.poll(() => kinds(line)).toEqual(expected)

const task: LiveEvent = { type: 'task', task: TaskId.parse('digits') }
const audit: LiveEvent = { type: 'audit', sequence: 7 }

describe('a line to watch by', () => {
  test('is greeted by name and told what is told, the audit log as an admin alone', async () => {
    answers.set('v', admitted('viewer')).set('a', admitted('admin'))
    const [viewer, admin] = [openLine('v'), openLine('a')]
    await hears(viewer, 'hello')
    await hears(admin, 'hello')
    expect(viewer.heard[0]).toEqual({
      type: 'hello',
      at: new Date(START).toISOString(),
      name: 'One',
      role: 'viewer',
    })
    watcher?.hear(task)
    watcher?.hear(audit)
    await hears(admin, 'hello', 'task', 'audit')
    await hears(viewer, 'hello', 'task')
  })

  test('is refused with a word and a sentence, and its connection is not kept', async () => {
    const line = openLine('x')
    await hears(line, 'unauthenticated', 'ended')
    expect(sockets.lines()).toEqual({ participants: 0, admins: 0 })
  })

  test('is refused for now where nobody can say who it is', async () => {
    answers.set('v', new Error('no tables'))
    await hears(openLine('v'), 'unavailable', 'ended')
    expect(faults).toEqual([new Error('no tables')])
  })

  test('speaks by a cookie for the coordinator’s own pages alone, whatever pages may be clients', async () => {
    answers.set('session=1', admitted('viewer'))
    const cookie = 'session=1'
    for (const origin of ['https://elsewhere.example', 'null', `http://${host()}.example`])
      await hears(openLine(undefined, { cookie, origin }), 'unauthenticated', 'ended')
    await hears(openLine(undefined, { cookie }), 'unauthenticated', 'ended')
    await hears(openLine(undefined, { cookie, origin: `http://${host()}` }), 'hello')
    expect(handshakes.map(({ cookieHeader }) => cookieHeader)).toEqual([...Array(4), cookie])
  })

  test('speaks by a cookie for the public address’s pages, where a proxy names another host', async () => {
    answers.set('session=1', admitted('viewer'))
    const cookie = 'session=1'
    await hears(openLine(undefined, { cookie, origin: 'https://fl.example' }), 'hello')
    for (const origin of ['http://fl.example', 'https://fl.example:8443', 'https://fl.example.evil'])
      await hears(openLine(undefined, { cookie, origin }), 'unauthenticated', 'ended')
  })

  test('nobody is told anything, and nothing is looked at again, once the last line is gone', async () => {
    answers.set('v', admitted('viewer'))
    expect(watcher).toBeUndefined()
    const [one, other] = [openLine('v'), openLine('v')]
    await hears(one, 'hello')
    await hears(other, 'hello')
    one.close()
    await expect.poll(() => sockets.lines().admins).toBe(1)
    expect(watcher).toBeDefined()
    other.close()
    await expect.poll(() => watcher).toBeUndefined()
    clock.advanceTo(START + 120_000)
    expect(handshakes).toHaveLength(2)
  })

  test('the two hundred and first is refused', async () => {
    answers.set('v', admitted('viewer'))
    const lines = Array.from({ length: 200 }, () => openLine('v'))
    for (const line of lines) await hears(line, 'hello')
    await hears(openLine('v'), 'too-many-lines', 'ended')
    lines[0]?.close()
    await expect.poll(() => sockets.lines().admins).toBe(199)
    await hears(openLine('v'), 'hello')
  })
})

describe('who holds a line is looked at again', () => {
  test('when what operators may do has changed: one whose token was revoked is cut off at once', async () => {
    answers.set('v', admitted('viewer')).set('a', admitted('admin'))
    const [viewer, admin] = [openLine('v'), openLine('a')]
    await hears(viewer, 'hello')
    await hears(admin, 'hello')
    answers.set('v', refuse('unauthenticated', 'revoked'))
    watcher?.accessChanged()
    await hears(viewer, 'hello', 'ended')
    watcher?.hear(task)
    await hears(admin, 'hello', 'task')
  })

  test('every half a minute, whether or not anybody has said so', async () => {
    answers.set('v', admitted('viewer'))
    const line = openLine('v')
    await hears(line, 'hello')
    clock.advanceTo(START + 29_999)
    answers.set('v', refuse('unauthenticated', 'revoked'))
    await new Promise((resolve) => setImmediate(resolve))
    expect([kinds(line), handshakes.length]).toEqual([['hello'], 1])
    clock.advanceTo(START + 30_000)
    await hears(line, 'hello', 'ended')
  })

  test('and is kept where it cannot be said', async () => {
    answers.set('v', admitted('viewer'))
    const line = openLine('v')
    await hears(line, 'hello')
    answers.set('v', new Error('no tables'))
    clock.advanceTo(START + 30_000)
    await expect.poll(() => faults).toEqual([new Error('no tables')])
    watcher?.hear(task)
    await hears(line, 'hello', 'task')
  })

  test('when its session ends, unless that has been prolonged', async () => {
    answers.set('v', admitted('viewer', { expiresAt: START + 10_000 }))
    const line = openLine('v')
    await hears(line, 'hello')
    answers.set('v', admitted('viewer', { expiresAt: START + 20_000 }))
    clock.advanceTo(START + 10_000)
    await expect.poll(() => handshakes.length).toBe(2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(kinds(line)).toEqual(['hello'])
    clock.advanceTo(START + 20_000)
    await hears(line, 'hello', 'ended')
  })

  test('and hears as whom it is taken for from then on', async () => {
    answers.set('a', admitted('admin'))
    const line = openLine('a')
    await hears(line, 'hello')
    answers.set('a', admitted('viewer'))
    watcher?.accessChanged()
    await hears(line, 'hello', 'hello')
    watcher?.hear(audit)
    watcher?.hear(task)
    await hears(line, 'hello', 'hello', 'task')
  })
})

test('a line that does not keep up misses what is told meanwhile, costs no memory, and is greeted anew once it has caught up', async () => {
  answers.set('v', admitted('viewer'))
  const quick = openLine('v')
  const slow = await openUnread('v')
  await hears(quick, 'hello')
  await expect.poll(() => sockets.lines().admins).toBe(2)
  const large: LiveEvent = {
    type: 'hello',
    at: new Date(START).toISOString(),
    name: 'x'.repeat(100_000),
    role: 'viewer',
  }
  const told = 600
  for (let i = 0; i < told; i++) {
    watcher?.hear(large)
    // The one that keeps up is given the time to: a machine at work could have it fall behind too.
    if (i % 10 === 9)
      await expect.poll(() => quick.heard.length, { timeout: 20_000, interval: 2 }).toBe(i + 2)
  }
  const { greetings, events } = await slow.read()
  // The greeting that it was opened with, and one for each time that it fell behind.
  expect(greetings).toBeGreaterThan(1)
  expect(events).toBeLessThan(told / 2)
  watcher?.hear(task)
  await expect.poll(slow.heardTask).toBe(true)
})

/** A line whose other end reads nothing until it is asked to. */
const openUnread = async (token: string) => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  const key = Buffer.alloc(16).toString('base64')
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host()}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  )
  await once(socket, 'data')
  const text = Buffer.from(`40/admin,${JSON.stringify({ token })}`)
  // RFC 6455, section 5.2: one text frame, masked with zeros.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]))
  socket.pause()
  open.push({ close: () => socket.destroy() })
  let read = ''
  return {
    heardTask: () => read.includes('"type":"task"'),
    /** Reads until nothing more comes. */
    async read() {
      socket.on('data', (bytes) => {
        read += bytes.toString('latin1')
      })
      socket.resume()
      for (let before = -1; before !== read.length; ) {
        before = read.length
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
      const events = read.split('"name":"xxx').length - 1
      return { events, greetings: read.split('"name":"One"').length - 1 }
    },
  }
}
