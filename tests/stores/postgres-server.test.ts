/** What the store in PostgreSQL does when the server itself goes, comes back, or was set up to lose things. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { openPostgresStore, StorageError } from '@tributary/coordinator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../fleet/postgres-server.ts'
import { until } from '../fleet/until.ts'

type Store = Awaited<ReturnType<typeof openPostgresStore>>

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server[Symbol.asyncDispose]())

const save = (store: Store, key: string) =>
  store.commit([
    { kind: 'insert-reply', reply: { scope: 'first', key, request: 'r', resource: 'r', at: 0 } },
    { kind: 'insert-reply', reply: { scope: 'second', key, request: 'r', resource: 'r', at: 0 } },
  ])
const isThere = async (store: Store, key: string) => {
  const [first, second] = await Promise.all(['first', 'second'].map((scope) => store.reply(scope, key)))
  expect(first === undefined, `halves of ${key}`).toBe(second === undefined)
  return first !== undefined
}
/** Saves until the server has been back for a while, and answers how each commit ended. */
const saveThrough = async (store: Store, name: string, interrupt: () => Promise<void>) => {
  const outcomes = new Map<string, 'saved' | 'not saved' | 'uncertain'>()
  let over = false
  const writer = async (id: number) => {
    for (let n = 0; !over; n++) {
      const key = `${name} ${id} ${n}`
      await save(store, key).then(
        () => outcomes.set(key, 'saved'),
        (error: unknown) => {
          expect(error).toBeInstanceOf(StorageError)
          outcomes.set(key, error instanceof StorageError && error.uncertain ? 'uncertain' : 'not saved')
          return setTimeout(20)
        },
      )
    }
  }
  const writers = Promise.all(Array.from({ length: 8 }, (_, id) => writer(id)))
  const saved = () => [...outcomes.values()].filter((outcome) => outcome === 'saved').length
  await until('commits before', () => saved() > 40)
  await interrupt()
  const before = saved()
  await until('commits afterwards', () => saved() > before + 40, { withinMs: 25_000 })
  over = true
  await writers
  return outcomes
}

test.each(['crash', 'cleanly'] as const)(
  'a server that stops (%s) in the middle of commits and comes back has all that was acknowledged and nothing that failed',
  async (how) => {
    const store = await openPostgresStore({ url: server.url, schema: `stops_${how}` })
    const outcomes = await saveThrough(store, how, async () => {
      await server.stop(how)
      await server.start()
    })
    for (const [key, outcome] of outcomes)
      if (outcome !== 'uncertain')
        expect([key, await isThere(store, key)]).toEqual([key, outcome === 'saved'])
    await store.close()
  },
  60_000,
)

test('while the server is down commits, reads and leases fail with advice; when it is back the same store goes on', async () => {
  const store = await openPostgresStore({ url: server.url, schema: 'down' })
  await save(store, 'before')
  await server.stop('cleanly')
  for (const attempt of [
    () => save(store, 'while down'),
    () => store.reply('first', 'before'),
    () => store.leases.renew({ holder: 'ada', forMs: 1_000 }),
  ])
    await expect(attempt()).rejects.toMatchObject({
      name: 'StorageError',
      full: false,
      uncertain: false,
      message: expect.stringMatching(/cannot be reached: see that it runs/),
    })
  await server.start()
  expect(await isThere(store, 'before')).toBe(true)
  expect(await isThere(store, 'while down')).toBe(false)
  await save(store, 'after')
  await store.close()
})

test('a server that does not sync to its disk is refused; one that need not wait for it is made to', async () => {
  await using careless = await startPostgres({ settings: { fsync: 'off' } })
  await expect(openPostgresStore({ url: careless.url })).rejects.toThrow(
    /fsync = off, and a power cut would lose/,
  )
  await using hasty = await startPostgres({ settings: { synchronous_commit: 'off' } })
  const store = await openPostgresStore({ url: hasty.url })
  await save(store, 'slowly')
  await store.close()
}, 60_000)

test('a server that a test starts ends with it, folder and all, however that ends', async () => {
  const program = `
    const { startPostgres } = await import(${JSON.stringify(new URL('../fleet/postgres-server.ts', import.meta.url).href)})
    console.log((await startPostgres()).url)`
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = await once(createInterface({ input: child.stdout }), 'line')
  const store = await openPostgresStore({ url })
  await store.close()
  child.kill('SIGKILL')
  await until(
    'the server to be gone',
    () =>
      openPostgresStore({ url }).then(
        () => false,
        (error: unknown) => /ECONNREFUSED/.test(String(error)),
      ),
    { everyMs: 100 },
  )
}, 60_000)
