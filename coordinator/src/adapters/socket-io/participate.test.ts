import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refuse } from '../../refusal.ts'
import { type SocketServer, serveSockets } from './serve-sockets.ts'

let server: Server
let sockets: SocketServer
let lines = 0
beforeEach(async () => {
  server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  lines = 0
  sockets = serveSockets(server, {
    origins: [],
    ownOrigin: 'https://fl.example',
    participants: {
      accept: (line) => {
        lines++
        line.listen({ message: () => {}, closed: () => {} })
      },
    },
    watchers: {
      clock: systemClock(),
      admit: async () => refuse('unauthenticated', 'nobody watches'),
      watch: () => () => {},
      fault: (error) => {
        throw error
      },
    },
  })
})
afterEach(() => {
  sockets.close()
  server.close()
})

/** A websocket that says Engine.IO's own words; what it heard so far, and whether it has been ended. */
const openSocket = async () => {
  const { port } = server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  const heard: string[] = []
  socket.addEventListener('message', ({ data }) => heard.push(String(data)))
  const ended = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  const next = (beginning: string) =>
    expect.poll(() => heard.find((packet) => packet.startsWith(beginning))).toBeDefined()
  await next('0{')
  return { say: (packet: string) => socket.send(packet), next, ended }
}

describe('a connection that holds no line is not kept: nothing would ever end it', () => {
  test('only the namespace of participants takes lines in', async () => {
    const socket = await openSocket()
    socket.say('40')
    await socket.next('44{')
    socket.say('40/elsewhere,')
    await socket.next('44/elsewhere,{')
    expect(lines).toBe(0)
    socket.say('40/participate,')
    await socket.next('40/participate,')
    expect(lines).toBe(1)
  })

  test('one that leaves its line is ended', async () => {
    const socket = await openSocket()
    socket.say('40/participate,')
    await socket.next('40/participate,')
    socket.say('41/participate,')
    await socket.ended
  })
})

test.each([
  ['https://fl.example', 'open'],
  ['https://elsewhere.example', 'closed'],
  ['null', 'closed'],
])('a page of %s finds the way in %s', async (origin, expected) => {
  const { port } = server.address() as AddressInfo
  // Node's WebSocket takes headers, which a browser's does not.
  const socket = Reflect.construct(WebSocket, [
    `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`,
    { headers: { origin } },
  ]) as WebSocket
  const outcome = await new Promise((resolve) => {
    socket.addEventListener('open', () => resolve('open'))
    socket.addEventListener('error', () => resolve('closed'))
  })
  socket.close()
  expect(outcome).toBe(expected)
})
