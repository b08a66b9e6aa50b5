/** Names for the moments between which a coordinator touches what it keeps things in. */
import type { Parts } from '@tributary/coordinator'
import { unreachable } from '@tributary/protocols'
import type { Blobs, Change, Round, Store } from '../simulation/ports.ts'

/** Told of every boundary as it is passed; a process that is doomed to die there never returns from it. */
export type Pass = (boundary: string) => void

/**
 * The parts, with a boundary before and after everything that lasts: every commit by what it saves, every blob taken
 * in, kept or deleted; and one where an effect begins to read what it works from.
 */
export const withBoundaries = ({ store, models, updates }: Parts, pass: Pass): Parts => ({
  store: storeWith(store, pass),
  models: blobsWith(models, 'models', pass),
  updates: blobsWith(updates, 'updates', pass),
})

const between = async <T>(what: string, pass: Pass, work: () => Promise<T>): Promise<T> => {
  pass(`before ${what}`)
  const result = await work()
  pass(`after ${what}`)
  return result
}

const storeWith = (store: Store, pass: Pass): Store => ({
  ...store,
  rounds: {
    ...store.rounds,
    unsettled() {
      pass('reading what is owed')
      return store.rounds.unsettled()
    },
  },
  members: {
    ...store.members,
    ofRound(round) {
      pass('reading the members')
      return store.members.ofRound(round)
    },
  },
  sessions: {
    ...store.sessions,
    ofRound(round) {
      pass('reading the session')
      return store.sessions.ofRound(round)
    },
  },
  commit: (changes) => between(`commit of ${commitName(changes)}`, pass, () => store.commit(changes)),
})

const blobsWith = (blobs: Blobs, name: string, pass: Pass): Blobs => ({
  ...blobs,
  put: (bytes) => between(`${name}.put`, pass, () => blobs.put(bytes)),
  async stage(source, limit) {
    const staged = await between(`${name}.stage`, pass, () => blobs.stage(source, limit))
    return { ...staged, keep: () => between(`${name}.keep`, pass, staged.keep) }
  },
  read(digest) {
    pass(`${name}.read`)
    return blobs.read(digest)
  },
  delete: (digest) => between(`${name}.delete`, pass, () => blobs.delete(digest)),
})

/** The phase of a round; of one in sessions, its first group's: these rounds have one. */
export const stepOf = (round: Round): string =>
  round.phase === 'secure-training' ? (round.groups[0]?.session.phase ?? round.phase) : round.phase

/** What a commit saves, each kind once. Who merely accepted is saved with whatever comes next, so it names nothing. */
const commitName = (changes: readonly Change[]): string =>
  [...new Set(changes.flatMap(changeName))].join(' + ')

const changeName = (change: Change): readonly string[] => {
  switch (change.kind) {
    case 'insert-round':
      return [`a new round`]
    case 'save-round': {
      const { round } = change
      return [
        `a round ${stepOf(round)}${'debts' in round && round.debts === 'settled' ? ' and settled' : ''}`,
      ]
    }
    case 'save-member':
      return change.member.status === 'received' ? ['an update'] : []
    case 'insert-task':
    case 'save-task':
      return ['a task']
    case 'insert-model':
      return ['a model']
    case 'insert-round-key':
      return ["a round's key"]
    case 'destroy-round-key':
      return ["the end of a round's key"]
    case 'insert-session-row':
      return ['type' in change.row ? "a session's roster" : `a word ${change.row.message.type}`]
    case 'erase-session':
      return []
    case 'save-ledger':
      return ['a privacy ledger']
    case 'insert-client':
    case 'save-client':
      return ['a client']
    case 'insert-token':
    case 'save-token':
    case 'revoke-token':
    case 'spend-token':
      return ['a token']
    case 'insert-console-session':
    case 'see-console-session':
    case 'end-console-session':
    case 'forget-console-sessions':
      return ['a session of the console']
    case 'insert-identity':
      return ['whose the tables are']
    case 'insert-webhook':
    case 'delete-webhook':
      return ['a webhook']
    case 'change-delivery':
      return ['a delivery']
    case 'queue-deliveries':
    case 'forget-deliveries':
    case 'forget-replies':
    case 'insert-reply':
    case 'append-audit':
    case 'require-lease':
      return []
    default:
      return unreachable(change)
  }
}
