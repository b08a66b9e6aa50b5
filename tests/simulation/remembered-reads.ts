import type { Change, Store } from './ports.ts'

type Part = 'tasks' | 'rounds' | 'members' | 'models' | 'clients' | 'tokens'

/**
 * The tables, each thing read once until something is written that may have changed it: a coordinator asks for the same
 * rows over and over, and a quarter of a world's time would go to that. What was read is frozen, so that nobody can
 * change what another will read.
 */
export const rememberedReads = (store: Store): Store => {
  const known = new Map<Part, Map<string, Promise<unknown>>>()
  const remembered = <P extends Part>(part: P): Store[P] => {
    const answers = new Map<string, Promise<unknown>>()
    known.set(part, answers)
    return new Proxy(store[part], {
      get(table, name) {
        const read: unknown = Reflect.get(table, name)
        if (typeof read !== 'function') return read
        return (...asked: unknown[]) => {
          const question = `${String(name)} ${JSON.stringify(asked)}`
          const answer = answers.get(question) ?? Promise.resolve(read.apply(table, asked)).then(frozen)
          answers.set(question, answer)
          return answer
        }
      },
    })
  }
  return {
    ...store,
    tasks: remembered('tasks'),
    rounds: remembered('rounds'),
    members: remembered('members'),
    models: remembered('models'),
    clients: remembered('clients'),
    tokens: remembered('tokens'),
    async commit(changes) {
      await store.commit(changes)
      for (const change of changes) for (const part of partsOf(change)) known.get(part)?.clear()
    },
  }
}

/** What a change may show in. What is read of keys, replies and the audit log is not remembered. */
const partsOf = ({ kind }: Change): readonly Part[] => {
  switch (kind) {
    case 'insert-task':
    case 'save-task':
      return ['tasks']
    case 'insert-round':
    case 'save-round':
      return ['rounds']
    case 'save-member':
      return ['members']
    case 'insert-model':
      return ['models']
    case 'insert-client':
    case 'save-client':
      return ['clients']
    case 'insert-token':
    case 'save-token':
    case 'spend-token':
      return ['tokens']
    case 'insert-round-key':
    case 'destroy-round-key':
    case 'insert-console-session':
    case 'see-console-session':
    case 'end-console-session':
    case 'forget-console-sessions':
    case 'insert-reply':
    case 'forget-replies':
    case 'insert-identity':
    case 'append-audit':
      return []
    default:
      return ['tasks', 'rounds', 'members', 'models', 'clients', 'tokens']
  }
}

const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value))
    return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
