/** Tables and blobs as a process meets them: slow, failing, and gone with it in the middle of anything. */
import type { Clock } from '@tributary/protocols/runtime'
import type { Life } from './life.ts'
import { type Mischief, PlantedFault } from './mischief.ts'
import type { Blobs, Store } from './ports.ts'

type Around = {
  life: Life
  mischief: Mischief
  clock: Clock
  storageMs: number
  noted(what: string): void
  planted(): void
}

export const faultyStore = (store: Store, around: Around): Store => {
  const { mischief } = around
  const reading = <T extends object>(table: T, name: string): T =>
    new Proxy(table, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key)
        if (typeof method !== 'function') return method
        return (...asked: unknown[]) =>
          dealing(around, `${name}.${String(key)}`, async () => {
            if (mischief.happens('readFails')) throw planted(around, `${name}.${String(key)} cannot be read`)
            return method.apply(target, asked)
          })
      },
    })
  const { tasks, rounds, members, models, clients, tokens, ...own } = store
  const top = reading({ roundKey: own.roundKey, reply: own.reply, audit: own.audit }, 'store')
  return {
    tasks: reading(tasks, 'tasks'),
    rounds: reading(rounds, 'rounds'),
    members: reading(members, 'members'),
    models: reading(models, 'models'),
    clients: reading(clients, 'clients'),
    tokens: reading(tokens, 'tokens'),
    ...top,
    commit: (changes) =>
      dealing(around, `commit of ${changes.map(({ kind }) => kind).join(', ')}`, async () => {
        if (mischief.happens('commitFails')) throw planted(around, 'nothing was saved')
        await own.commit(changes)
      }),
    close: own.close,
  }
}

export const faultyBlobs = (blobs: Blobs, name: string, around: Around): Blobs => {
  const { life } = around
  const call = <T>(what: string, work: () => Promise<T>) =>
    dealing(around, `${name}.${what}`, () => failing(around, `${name}.${what}`, work))
  return {
    put: (bytes) => call('put', () => blobs.put(bytes)),
    async stage(source, limit) {
      const staged = await call('stage', () => blobs.stage(source, limit))
      return {
        digest: staged.digest,
        bytes: staged.bytes,
        read: () => call('staged read', () => staged.read()),
        keep: () => call('keep', () => staged.keep()),
        // Throwing away is cleaning up: where it fails, adapters leave it to the next start.
        discard: () => life.call(`${name}.discard`, () => staged.discard()),
      }
    },
    read: (digest) => call('read', () => blobs.read(digest)),
    open: (digest) => call('open', () => blobs.open(digest)),
    async *list() {
      const held = await call('list', async () => {
        const all = []
        for await (const blob of blobs.list()) all.push(blob)
        return all
      })
      yield* held
    },
    delete: (digest) => call('delete', () => blobs.delete(digest)),
  }
}

/** A fault may strike before anything is done, or after all of it is: the error says only that it cannot be known. */
const failing = async <T>(around: Around, what: string, work: () => Promise<T>): Promise<T> => {
  const { mischief } = around
  if (!mischief.happens('blobFails')) return work()
  if (mischief.chance.happens(0.5)) await work()
  throw planted(around, `${what} failed`)
}

const planted = ({ noted, mischief, ...around }: Around, what: string) => {
  around.planted()
  noted(`fault: ${what}`)
  return new PlantedFault(what, { full: mischief.chance.happens(0.3) })
}

const dealing = <T>(around: Around, what: string, work: () => Promise<T>): Promise<T> =>
  around.life.call(what, async () => {
    await takesTime(around)
    // A process that ended while it waited for its turn never got it.
    if (around.life.over()) return new Promise<T>(() => {})
    try {
      return await work()
    } finally {
      await takesTime(around)
    }
  })

const takesTime = async ({ storageMs, clock, mischief }: Around): Promise<void> => {
  if (storageMs === 0 || mischief.chance.happens(0.7)) return
  const ms = mischief.chance.between(0, storageMs)
  await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + ms, resolve))
}
