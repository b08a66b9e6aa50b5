import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query'
import type {
  LiveEvent,
  OverviewView,
  RoundDetail,
  RoundView,
  TaskSummary,
  TaskView,
} from '@tributary/protocols/rest'
import { askAgain, LONG_LIST } from '../api/ask-again.ts'
import type { LongPage } from '../api/long-pages.ts'
import type { Routes } from '../api/routes.ts'
import { longListAfter, overviewAfter, roundDetailAfter, roundsAfter, taskAfter } from './after-events.ts'

type Events = readonly LiveEvent[]
type Pages<Item> = InfiniteData<{ items: Item[]; nextCursor: string | null }>

/** Asked again at most that often, where events only say that something is other than it was. */
const ASK_AGAIN_MS = 1_000

type Needs = { cache: QueryClient; now: () => number; later: (run: () => void, ms: number) => void }

/**
 * Brings what the page has read up to date with a frame's events. An answer that was on its way when an event came may be
 * older than it: such events are applied once more when the answer is there.
 */
export const createEventSink = ({ cache, now, later }: Needs) => {
  const missed = new Map<string, LiveEvent[]>()
  const waiting = new Set<keyof Routes>()

  const askAgainSoon = (path: keyof Routes) => {
    if (waiting.has(path)) return
    waiting.add(path)
    later(() => {
      waiting.delete(path)
      void askAgain(cache, path)
    }, ASK_AGAIN_MS)
  }

  const unsubscribe = cache.getQueryCache().subscribe((change) => {
    if (change.type !== 'updated') return
    const { query, action } = change
    if (action.type === 'error') missed.delete(query.queryHash)
    if (action.type !== 'success' || action.manual) return
    const events = missed.get(query.queryHash)
    missed.delete(query.queryHash)
    if (events) applyTo(query, events)
  })

  const applyTo = (query: Query, events: Events) => {
    const before: unknown = query.state.data
    const after = answerAfter(query, before, events, new Date(now()).toISOString())
    if (after !== before) cache.setQueryData(query.queryKey, after)
  }

  return {
    apply(events: Events): void {
      for (const query of cache.getQueryCache().getAll()) {
        if (query.state.fetchStatus === 'fetching')
          missed.set(query.queryHash, [...(missed.get(query.queryHash) ?? []), ...events])
        applyTo(query, events)
      }
      for (const event of events) for (const path of staleBy(event)) askAgainSoon(path)
    },
    stop: unsubscribe,
  }
}

const answerAfter = (query: Query, answer: unknown, events: Events, at: string): unknown => {
  if (answer === undefined || answer === null) return answer
  const [path, ask, kind] = query.queryKey as [keyof Routes, { path?: { task?: string } }, string?]
  if (kind === LONG_LIST) return longAfter(path, answer as InfiniteData<LongPage<unknown>>, events)
  switch (path) {
    case '/overview':
      return overviewAfter(answer as OverviewView, events)
    case '/tasks/{task}':
      return taskAfter(answer as TaskView, events)
    case '/tasks/{task}/rounds/{round}':
      return roundDetailAfter(answer as RoundDetail, events, at)
    case '/tasks':
      return inPages(answer as Pages<TaskSummary>, (tasks) =>
        mapped(tasks, (task) => taskAfter(task, events)),
      )
    case '/tasks/{task}/rounds':
      return inPages(answer as Pages<RoundView>, (rounds, page) =>
        page === 0 ? roundsAfter(rounds, ask.path?.task ?? '', events) : rounds,
      )
    default:
      return answer
  }
}

const longAfter = (path: keyof Routes, list: InfiniteData<LongPage<unknown>>, events: Events) => {
  const pages = longListAfter(path, list.pages, events)
  return pages === list.pages ? list : { ...list, pages }
}

/** A list read page by page, or one page of it. */
const inPages = <Item>(
  answer: Pages<Item> | { items: Item[] },
  change: (items: readonly Item[], page: number) => readonly Item[],
): unknown => {
  if (!('pages' in answer)) {
    const items = change(answer.items, 0)
    return items === answer.items ? answer : { ...answer, items }
  }
  const pages = mapped(answer.pages, (page, index) => {
    const items = change(page.items, index)
    return items === page.items ? page : { ...page, items: [...items] }
  })
  return pages === answer.pages ? answer : { ...answer, pages }
}

/** As `map`; the list itself where nothing in it changed. */
const mapped = <Item>(
  list: readonly Item[],
  change: (item: Item, index: number) => Item,
): readonly Item[] => {
  const after = list.map(change)
  return after.every((item, index) => item === list[index]) ? list : after
}

/** What an event makes out of date without saying how it is. */
const staleBy = (event: LiveEvent): readonly (keyof Routes)[] => {
  switch (event.type) {
    case 'task':
      return ['/tasks', '/tasks/{task}', '/overview']
    case 'model':
      return ['/tasks/{task}/models', '/tasks/{task}/metrics', '/tasks/{task}/privacy', '/overview']
    case 'round':
      return event.round.phase === 'abandoned' || event.round.phase === 'completed'
        ? ['/tasks', '/tasks/{task}', '/tasks/{task}/metrics', '/tasks/{task}/privacy', '/overview']
        : []
    case 'clients':
      return ['/clients/{client}']
    case 'members':
      return ['/clients/{client}/rounds']
    default:
      return []
  }
}
