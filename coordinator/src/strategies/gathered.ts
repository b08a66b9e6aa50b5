import type { ClientId } from '@tributary/protocols'
import type { Beginning, ClientUpdate, Combined, Contribution, HeapStrategy, Strategy } from './strategy.ts'

export type Gathering = {
  /** Takes one update in; a heap has to know whose it is. The delta may be reused once this returns. */
  add(update: Contribution & { client?: ClientId }): void
  finish(): Combined
  /** Gives memory back, also after a failure; harmless twice. */
  release(): void
}

/** A strategy fed one update after the other, whichever kind it is: a heap gathers copies, and combines them in the end. */
export const gathered = (strategy: Strategy, beginning: Beginning): Gathering =>
  strategy.kind === 'fold' ? strategy.start(beginning) : heaped(strategy, beginning)

const heaped = (strategy: HeapStrategy, beginning: Beginning): Gathering => {
  let updates: ClientUpdate[] = []
  return {
    add({ client, delta, ...update }) {
      if (!client) throw new RangeError('a heap takes updates of clients, not means of them')
      updates.push({ ...update, client, delta: delta.slice() })
    },
    finish: () => strategy.combine({ ...beginning, updates }),
    release() {
      updates = []
    },
  }
}
