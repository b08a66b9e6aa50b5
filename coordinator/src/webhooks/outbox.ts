import type { Clock } from '@tributary/protocols/runtime'
import type { Change, Store } from '../ports/store.ts'
import { occurrenceIn } from './occurrences.ts'

type Needs = {
  clock: Pick<Clock, 'now'>
  /** Deliveries may have been saved. */
  queued(): void
}

/**
 * The tables, where what webhooks are told of something is saved in the commit that saves the thing itself: neither is
 * there without the other, whatever fails afterwards. The tables find out who is told, so that it costs one statement where
 * nobody is.
 */
export const withOutbox = (store: Store, { clock, queued }: Needs): Store => ({
  ...store,
  async commit(changes) {
    const news = changes.flatMap((change): Change[] => {
      const occurrence = occurrenceIn(change, clock.now())
      return occurrence ? [{ kind: 'queue-deliveries', occurrence }] : []
    })
    if (news.length === 0) return store.commit(changes)
    await store.commit([...changes, ...news])
    queued()
  },
})
