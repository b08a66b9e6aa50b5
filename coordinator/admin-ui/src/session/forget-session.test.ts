import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { forgetSession } from './forget-session.ts'
import { SESSION_KEY } from './use-session.ts'

test('whoever watches the session hears that it ended, and what was read is gone', () => {
  const cache = new QueryClient()
  cache.setQueryData(SESSION_KEY, { name: 'Ada' })
  cache.setQueryData(['/audit', {}], { items: ['secret'] })
  const seen: unknown[] = []
  const watcher = new QueryObserver(cache, { queryKey: SESSION_KEY, enabled: false })
  const stop = watcher.subscribe(({ data }) => seen.push(data))
  forgetSession(cache)
  stop()
  expect(seen).toEqual([null])
  expect(cache.getQueryData(['/audit', {}])).toBeUndefined()
})
