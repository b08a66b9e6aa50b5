import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { type LongPage, markStale } from './long-pages.ts'
import type { Routes } from './routes.ts'

/** Tells a list that is read again page by page from others, in the third place of its key. */
export const LONG_LIST = 'long'

/** Asks again for all that is shown, or for what one path answered. Of long lists only what shows is read again, by themselves. */
export const askAgain = async (cache: QueryClient, path?: keyof Routes): Promise<void> => {
  const queryKey = path === undefined ? [] : [path]
  for (const [key] of cache.getQueriesData({ queryKey }))
    if (key[2] === LONG_LIST)
      cache.setQueryData<InfiniteData<LongPage<unknown>>>(
        key,
        (list) => list && { ...list, pages: [...markStale(list.pages, 'all')] },
      )
  await cache.invalidateQueries({ queryKey, predicate: (query) => query.queryKey[2] !== LONG_LIST })
}
