/** What the page shows: one value, replaced whole, that React reads. */
import type { ClientStatus, ConsentState } from '@tributary/client-sdk'
import type { Judged } from './story.ts'
import type { Passed } from './traffic.ts'

/** This person's part in the round that is under way, or was last. */
export type OwnRound = {
  number: number
  stage: 'invited' | 'training' | 'sealed' | 'sent' | 'missed'
  fraction: number
}

/** What is still in this browser of this person, by database. */
export type Remains = { name: string; records: number }[]

export type State = {
  consent: ConsentState | 'reading'
  status: ClientStatus
  /** The newest version that this browser has. */
  version: number | undefined
  round: OwnRound | undefined
  /** Rounds that have this person's update. */
  contributed: number
  /** Lines that are this person's examples, and the latest of them, oldest first. */
  lines: number
  latest: readonly string[]
  airplane: boolean
  judged: readonly Judged[]
  /** The latest of what passed; `sent` counts all of it. */
  passed: readonly Passed[]
  sent: { bytes: number; messages: number }
  /** What went wrong last, and what can be done about it. */
  problem: string | undefined
  /** Whether the coordinator has been told; `before`: when this page was open last. */
  erased: { told: 'yes' | 'later' | 'before'; remains: Remains } | undefined
}

export const nothingYet: State = {
  consent: 'reading',
  status: { is: 'idle' },
  version: undefined,
  round: undefined,
  contributed: 0,
  lines: 0,
  latest: [],
  airplane: false,
  judged: [],
  passed: [],
  sent: { bytes: 0, messages: 0 },
  problem: undefined,
  erased: undefined,
}

export type Store = {
  get(): State
  change(changes: Partial<State> | ((state: State) => Partial<State>)): void
  subscribe(listener: () => void): () => void
}

export const createStore = (first: State): Store => {
  let state = first
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    change(changes) {
      state = { ...state, ...(typeof changes === 'function' ? changes(state) : changes) }
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
