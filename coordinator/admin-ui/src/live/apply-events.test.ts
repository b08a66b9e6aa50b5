import { QueryClient } from '@tanstack/react-query'
import type { OverviewView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
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
  cache.setQueryData(['/clients', {}], { items: [], nextCursor: null })
  for (let count = 0; count < 50; count += 1) apply([{ type: 'clients', clients: [], more: 3 }])
  expect(timers).toHaveLength(2)
  expect(cache.getQueryState(['/clients', {}])?.isInvalidated).toBe(false)
  letTimePass()
  expect(cache.getQueryState(['/clients', {}])?.isInvalidated).toBe(true)
})
