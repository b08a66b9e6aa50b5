import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyStore } from '../ports/key-store.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { indexedDbKeyStore } from './indexed-db-key-store.ts'
import type { indexedDbModelCache } from './indexed-db-model-cache.ts'
import type { indexedDbParticipationStore } from './indexed-db-participation-store.ts'
import type { indexedDbRecordStore } from './indexed-db-record-store.ts'
import { describeKeyStore, seed } from './key-store.contract.ts'
import { describeModelCache, someBytes } from './model-cache.contract.ts'
import { describeParticipationStore } from './participation-store.contract.ts'
import { describeRecordStore } from './record-store.contract.ts'

/** What the page has: the stores as they are bundled for browsers. */
type InPage = typeof globalThis & {
  indexedDbKeyStore: typeof indexedDbKeyStore
  indexedDbModelCache: typeof indexedDbModelCache
  indexedDbParticipationStore: typeof indexedDbParticipationStore
  indexedDbRecordStore: typeof indexedDbRecordStore
}

const browserAt = [chromium.executablePath(), '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

// Node has no IndexedDB; what stands in for it elsewhere is not what apps run on.
describe.skipIf(browserAt === undefined)('in a browser', () => {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>'))
  let browser: Browser
  let page: Page
  let script: string
  let places = 0
  let now = Date.parse('2026-03-01T00:00:00Z')

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import { indexedDbKeyStore } from './indexed-db-key-store.ts'
          import { indexedDbModelCache } from './indexed-db-model-cache.ts'
          import { indexedDbParticipationStore } from './indexed-db-participation-store.ts'
          import { indexedDbRecordStore } from './indexed-db-record-store.ts'
          Object.assign(globalThis, {
            indexedDbKeyStore, indexedDbModelCache, indexedDbParticipationStore, indexedDbRecordStore,
          })`,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
        loader: 'ts',
      },
      bundle: true,
      format: 'iife',
      platform: 'browser',
      conditions: ['source'],
      write: false,
    })
    script = outputFiles[0]?.text ?? ''
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    browser = await chromium.launch({ executablePath: browserAt ?? '', args: ['--no-sandbox'] })
    const context = await browser.newContext()
    page = await context.newPage()
    await page.clock.setFixedTime(now)
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.addScriptTag({ content: script })
  })
  afterAll(async () => {
    await browser?.close()
    await new Promise((closed) => server.close(closed))
  })

  const numbers = (bytes: Uint8Array) => [...bytes]
  const bytes = (values: number[] | undefined) => values && Uint8Array.from(values)

  describe('IndexedDB key store', () => {
    /** Every store opens the database for itself, as every tab does. */
    const open = (name: string): KeyStore => ({
      load: async () =>
        bytes(
          await page.evaluate(async (name) => {
            const found = await (globalThis as InPage).indexedDbKeyStore(name).load()
            return found && [...found]
          }, name),
        ),
      keep: async (offered) =>
        Uint8Array.from(
          await page.evaluate(
            async ([name, values]) => [
              ...(await (globalThis as InPage).indexedDbKeyStore(name).keep(Uint8Array.from(values))),
            ],
            [name, numbers(offered)] as const,
          ),
        ),
      erase: () => page.evaluate((name) => (globalThis as InPage).indexedDbKeyStore(name).erase(), name),
    })

    describeKeyStore(async () => {
      const name = `keys-${places++}`
      return () => open(name)
    })

    test('outlives the page', async () => {
      const name = `keys-${places++}`
      await open(name).keep(seed(1))
      const other = await page.context().newPage()
      await other.goto(page.url())
      const stored = await other.evaluate(
        (name) =>
          new Promise<number[]>((resolve, reject) => {
            const opening = indexedDB.open(name)
            opening.onerror = () => reject(opening.error)
            opening.onsuccess = () => {
              const reading = opening.result.transaction('keys').objectStore('keys').get('identity-seed')
              reading.onsuccess = () => resolve([...reading.result])
            }
          }),
        name,
      )
      await other.close()
      expect(bytes(stored)).toEqual(seed(1))
    })

    test('does not keep another tab from deleting the database, and begins anew after that', async () => {
      const name = `keys-${places++}`
      const found = await page.evaluate(async (name) => {
        const store = (globalThis as InPage).indexedDbKeyStore(name)
        await store.keep(new Uint8Array(32).fill(1))
        await new Promise<void>((resolve, reject) => {
          const deleting = indexedDB.deleteDatabase(name)
          deleting.onsuccess = () => resolve()
          deleting.onblocked = () => reject(new Error('blocked'))
        })
        return store.load()
      }, name)
      expect(found).toBeUndefined()
    })

    test('one that another page wants deleted, and a third holds open, is waited for for half a minute', async () => {
      await using context = await browser.newContext()
      const waiting = await context.newPage()
      await waiting.clock.install()
      await waiting.goto(page.url())
      await waiting.addScriptTag({ content: script })
      const name = `keys-${places++}`
      await waiting.evaluate(async (name) => {
        const held = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name, 1)
          opening.onupgradeneeded = () => opening.result.createObjectStore('keys')
          opening.onsuccess = () => resolve(opening.result)
          opening.onerror = () => reject(opening.error)
        })
        await new Promise((blocked) => {
          indexedDB.deleteDatabase(name).onblocked = blocked
        })
        const store = (globalThis as InPage).indexedDbKeyStore(name)
        Object.assign(globalThis, { held, store, refused: store.load().catch(String) })
      }, name)
      await waiting.clock.runFor(30_000)
      type Waiting = { held: IDBDatabase; store: KeyStore; refused: Promise<unknown> }
      expect(await waiting.evaluate(() => (globalThis as unknown as Waiting).refused)).toMatch(
        /TributaryError.* failed: timeout/,
      )
      const found = await waiting.evaluate(async () => {
        const { held, store } = globalThis as unknown as Waiting
        held.close()
        return [...(await store.keep(new Uint8Array(32).fill(1)))]
      })
      expect(bytes(found)).toEqual(seed(1))
    })

    test('where the page may not store, the error says so', async () => {
      const error = await page.evaluate(async (name) => {
        const open = indexedDB.open
        IDBFactory.prototype.open = () => {
          throw new DOMException('denied', 'SecurityError')
        }
        try {
          return await (globalThis as InPage).indexedDbKeyStore(name).load()
        } catch (caught) {
          return caught instanceof Error ? { name: caught.name, message: caught.message } : undefined
        } finally {
          IDBFactory.prototype.open = open
        }
      }, `keys-${places++}`)
      expect(error).toMatchObject({ name: 'TributaryError', message: expect.stringContaining('denied') })
    })
  })

  describe('IndexedDB participation store', () => {
    const open = (name: string): ParticipationStore => ({
      load: (task) =>
        page.evaluate(([name, task]) => (globalThis as InPage).indexedDbParticipationStore(name).load(task), [
          name,
          task,
        ] as const),
      save: (task, record) =>
        page.evaluate(
          ([name, task, record]) =>
            (globalThis as InPage).indexedDbParticipationStore(name).save(task, record),
          [name, task, record] as const,
        ),
      clear: () =>
        page.evaluate((name) => (globalThis as InPage).indexedDbParticipationStore(name).clear(), name),
    })

    describeParticipationStore(async () => {
      const name = `participations-${places++}`
      return () => open(name)
    })
  })

  describe('IndexedDB record store', () => {
    const open = (name: string): RecordStore => ({
      load: async (task) =>
        bytes(
          await page.evaluate(
            async ([name, task]) => {
              const found = await (globalThis as InPage).indexedDbRecordStore(name).load(task)
              return found && [...found]
            },
            [name, task] as const,
          ),
        ),
      save: (task, offered) =>
        page.evaluate(
          ([name, task, values]) =>
            (globalThis as InPage).indexedDbRecordStore(name).save(task, Uint8Array.from(values)),
          [name, task, numbers(offered)] as const,
        ),
      erase: (task) =>
        page.evaluate(([name, task]) => (globalThis as InPage).indexedDbRecordStore(name).erase(task), [
          name,
          task,
        ] as const),
      names: () => page.evaluate((name) => (globalThis as InPage).indexedDbRecordStore(name).names(), name),
    })

    describeRecordStore(async () => {
      const name = `records-${places++}`
      return () => open(name)
    })
  })

  describe('IndexedDB model cache', () => {
    const open = (name: string, maxBytes: number): ModelCache => ({
      get: async (digest) =>
        bytes(
          await page.evaluate(
            async ([name, maxBytes, digest]) => {
              const found = await (globalThis as InPage).indexedDbModelCache(name, { maxBytes }).get(digest)
              return found && [...found]
            },
            [name, maxBytes, digest] as const,
          ),
        ),
      put: async (digest, offered) =>
        page.evaluate(
          ([name, maxBytes, digest, values]) =>
            (globalThis as InPage)
              .indexedDbModelCache(name, { maxBytes })
              .put(digest, Uint8Array.from(values)),
          [name, maxBytes, digest, numbers(offered)] as const,
        ),
      clear: () => page.evaluate((name) => (globalThis as InPage).indexedDbModelCache(name).clear(), name),
    })

    describeModelCache(
      async (maxBytes) => open(`models-${places++}`, maxBytes),
      async () => {
        now += 120_000
        await page.clock.setFixedTime(now)
      },
    )

    test('what was stored by something else is not taken for a model', async () => {
      const name = `models-${places++}`
      const cache = open(name, 1_000)
      await cache.put('sha256:a' as never, someBytes(1))
      await page.evaluate(
        (name) =>
          new Promise<void>((resolve) => {
            const opening = indexedDB.open(name)
            opening.onsuccess = () => {
              const transaction = opening.result.transaction('models', 'readwrite')
              transaction.objectStore('models').put('nonsense', 'sha256:a')
              transaction.oncomplete = () => {
                opening.result.close()
                resolve()
              }
            }
          }),
        name,
      )
      expect(await cache.get('sha256:a' as never)).toBeUndefined()
    })
  })
})
