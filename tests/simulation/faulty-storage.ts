/** Tables and blobs as a process meets them: slow, failing, and gone with it in the middle of anything. */
import { type Around, dealing } from './dealing.ts'
import { PlantedFault } from './mischief.ts'
import type { Blobs, Store } from './ports.ts'

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
  const {
    tasks,
    rounds,
    members,
    models,
    sessions,
    ledgers,
    clients,
    tokens,
    consoleSessions,
    leases,
    webhooks,
    ...own
  } = store
  const top = reading(
    { roundKey: own.roundKey, reply: own.reply, identity: own.identity, audit: own.audit },
    'store',
  )
  return {
    tasks: reading(tasks, 'tasks'),
    rounds: reading(rounds, 'rounds'),
    members: reading(members, 'members'),
    models: reading(models, 'models'),
    sessions: reading(sessions, 'sessions'),
    ledgers: reading(ledgers, 'ledgers'),
    clients: reading(clients, 'clients'),
    tokens: reading(tokens, 'tokens'),
    consoleSessions: reading(consoleSessions, 'consoleSessions'),
    leases: reading(leases, 'leases'),
    webhooks: reading(webhooks, 'webhooks'),
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
        for await (const one of blobs.list()) all.push(one)
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

const planted = ({ planted, mischief }: Around, what: string) => {
  planted(what)
  return new PlantedFault(what, { full: mischief.chance.happens(0.3) })
}
