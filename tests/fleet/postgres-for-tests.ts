/**
 * Gives every test the address of one PostgreSQL: the one named in TRIBUTARY_TEST_POSTGRES_URL, else a door behind which
 * a server starts when the first test knocks, so that a run which needs none does not pay for it. Where none can be
 * started, whoever knocks is told why.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { TestProject } from 'vitest/node'
import { drawnPassword, type PostgresServer, startPostgres, urlOf } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/** Every project runs this file in a copy of its own; they share one door, which the last to leave closes. */
type Door = { url: string; users: number; close(): Promise<void> }
declare global {
  var tributaryPostgresDoor: Promise<Door> | undefined
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const named = process.env.TRIBUTARY_TEST_POSTGRES_URL
  if (named !== undefined && named !== '') {
    project.provide('postgresUrl', named)
    return async () => {}
  }
  globalThis.tributaryPostgresDoor ??= openDoor()
  const door = await globalThis.tributaryPostgresDoor
  door.users += 1
  project.provide('postgresUrl', door.url)
  return async () => {
    door.users -= 1
    if (door.users > 0) return
    globalThis.tributaryPostgresDoor = undefined
    await door.close()
  }
}

const openDoor = async (): Promise<Door> => {
  const password = drawnPassword()
  let server: Promise<PostgresServer> | undefined
  const guests = new Set<Socket>()
  const door = createServer({ allowHalfOpen: true }, (guest) => {
    guests.add(guest)
    guest.on('close', () => guests.delete(guest)).on('error', () => guest.destroy())
    server ??= startPostgres({ password })
    server.then(
      ({ url }) => letIn(guest, Number(new URL(url).port)),
      (error: unknown) => guest.end(fatal(String(error))),
    )
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const address = door.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  // Only the tests keep the run alive.
  door.unref()
  return {
    url: urlOf(address.port, password),
    users: 0,
    async close() {
      door.close()
      for (const guest of guests) guest.destroy()
      await server?.then(
        (started) => started[Symbol.asyncDispose](),
        () => {},
      )
    },
  }
}

const letIn = (guest: Socket, port: number) => {
  const server = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  guest.setNoDelay(true)
  guest.pipe(server).pipe(guest)
  server.on('error', () => guest.destroy())
  for (const [one, other] of [
    [guest, server],
    [server, guest],
  ] as const)
    one.on('close', () => other.destroy())
}

/** PostgreSQL's ErrorResponse: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const fatal = (message: string): Buffer => {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C57P03\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
