import type { Store } from '../ports/store.ts'

/**
 * The tables, with what everybody asks for asked once for all who ask at the same time: where a thousand clients are
 * heard in one moment, each of them asks for the same task and the same round, and each question is a way to the
 * database and back. Whoever asks is answered with what was read after it asked, never with what was read before.
 */
export const withSharedReads = (store: Store): Store => {
  const active = shared(() => store.clients.active())
  return {
    ...store,
    tasks: { ...store.tasks, get: shared(store.tasks.get) },
    rounds: { ...store.rounds, get: shared(store.rounds.get), latest: shared(store.rounds.latest) },
    models: { ...store.models, latest: shared(store.models.latest) },
    clients: { ...store.clients, active: () => active('all') },
  }
}

/** One read of a key at a time; all who ask while it is under way share the next one. */
const shared = <Key extends string, Result>(
  read: (key: Key) => Promise<Result>,
): ((key: Key) => Promise<Result>) => {
  const underWay = new Map<Key, Promise<void>>()
  const next = new Map<Key, Promise<Result>>()
  const begin = (key: Key) => {
    next.delete(key)
    const result = read(key)
    const over = () => void underWay.delete(key)
    underWay.set(key, result.then(over, over))
    return result
  }
  return async (key) => {
    const before = underWay.get(key)
    if (!before) return begin(key)
    const mine = next.get(key) ?? before.then(() => begin(key))
    next.set(key, mine)
    return mine
  }
}
