import { QueryClient } from '@tanstack/react-query'
import { ClientId } from '@tributary/protocols'
import type { OverviewView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { LONG_LIST } from '../api/ask-again.ts'
import { createEventSink } from './apply-events.ts'
import { anAbandoned, anOverview, aTask, aTraining, saved } from './views.builders.ts'

const OVERVIEW = ['/overview', {}]
const TASKS = ['/tasks', {}, 'pages']

const aSink = () => {
  const cache = new QueryClient({ defaultOptions: { queries: { structuralSharing: false, retry: false } } })
  const timers: (() => void)[] = []
  const sink = createEventSink({ cache, now: () => 0, later: (run) => timers.push(run) })
  return { cache, timers, ...sink, letTimePass: () => timers.splice(0).map((run) => run()) }
}

test('what was read follows the events', () => {
  const { cache, apply } = aSink()
  cache.setQueryData(OVERVIEW, anOverview())
  cache.setQueryData(TASKS, { pages: [{ items: [aTask()], nextCursor: null }], pageParams: [null] })
  apply([saved(aTraining())])
  expect(cache.getQueryData(OVERVIEW)).toEqual(anOverview({ openRounds: [aTraining()] }))
  expect(cache.getQueryData(TASKS)).toEqual({
    pages: [{ items: [aTask({ openRound: aTraining(), latestRound: aTraining() })], nextCursor: null }],
    pageParams: [null],
  })
})

test('an answer that was on its way when an event came does not undo it', async () => {
  const { cache, apply } = aSink()
  const answer = Promise.withResolvers<OverviewView>()
  const read = cache.fetchQuery({ queryKey: OVERVIEW, queryFn: () => answer.promise })
  apply([saved(anAbandoned())])
  answer.resolve(anOverview({ openRounds: [aTraining()] }))
  await read
  expect(cache.getQueryData(OVERVIEW)).toEqual(anOverview())
})

test('however many events make a list out of date, it is asked again once', () => {
  const { cache, apply, timers, letTimePass } = aSink()
  cache.setQueryData(['/clients/{client}', {}], { items: [], nextCursor: null })
  for (let count = 0; count < 50; count += 1) apply([{ type: 'clients', clients: [], more: 3 }])
  expect(timers).toHaveLength(1)
  expect(cache.getQueryState(['/clients/{client}', {}])?.isInvalidated).toBe(false)
  letTimePass()
  expect(cache.getQueryState(['/clients/{client}', {}])?.isInvalidated).toBe(true)
})

test('a long list is marked where its clients changed, and not asked again', () => {
  const { cache, apply, timers } = aSink()
  const key = ['/clients', {}, LONG_LIST]
  const page = (upTo: string | null) => ({ items: [], nextCursor: null, upTo, stale: false })
  cache.setQueryData(key, { pages: [page('c-4'), page(null)], pageParams: [null, 'x'] })
  apply([{ type: 'clients', clients: [ClientId.parse(`c-${'3'.repeat(32)}`)], more: 0 }])
  for (const run of timers) run()
  const after = cache.getQueryData<{ pages: { stale: boolean }[] }>(key)
  expect(after?.pages.map(({ stale }) => stale)).toEqual([true, false])
  expect(cache.getQueryState(key)?.isInvalidated).toBe(false)
})
