import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { useApi } from './api-context.ts'
import { LONG_LIST } from './ask-again.ts'
import { firstReading, type LongPage, readingAgain } from './long-pages.ts'
import type { ProblemError } from './problem-error.ts'
import type { AskFor } from './routes.ts'
import type { ItemOf, Paged } from './use-rest.ts'

/** Read without being asked for; the reader may ask for more. */
const READ_BY_ITSELF = 20_000
const LOOK_MS = 1_000
/** A sorted table may show rows of as many pages as it has rows. */
const PAGES_A_LOOK = 2
const PAGE_LIMIT = 200

export type LongList<Item> = {
  data: { items: readonly Item[] } | undefined
  error: ProblemError | null
  refetch: () => unknown
  /** All of the list was read. */
  complete: boolean
  reading: boolean
  readOn: () => void
  /** Says which items the reader sees: of pages that are out of date, theirs are read again. */
  show: (items: readonly Item[]) => void
}

/**
 * A list of thousands: read page after page up to twenty thousand items, and kept fresh where the reader looks. `keyOf` is what the
 * list is ordered by, and `always` names pages that are read again whether they show or not.
 */
export const useLongList = <P extends Paged>(
  path: P,
  ask: AskFor<P, 'get'>,
  {
    keyOf,
    always,
  }: { keyOf: (item: ItemOf<P>) => string | number; always?: (page: LongPage<ItemOf<P>>) => boolean },
): LongList<ItemOf<P>> => {
  type Item = ItemOf<P>
  type List = InfiniteData<LongPage<Item>, string | null>
  const api = useApi()
  const cache = useQueryClient()
  const queryKey = [path, ask, LONG_LIST] as const
  const readPage = async (cursor: string | null, signal?: AbortSignal) => {
    const query = { ...ask.query, limit: PAGE_LIMIT, ...(cursor !== null && { cursor }) }
    const answer = await api.get(path, { ...ask, query } as AskFor<P, 'get'>, signal)
    return answer as { items: Item[]; nextCursor: string | null }
  }
  const query = useInfiniteQuery<LongPage<Item>, ProblemError, List, typeof queryKey, string | null>({
    queryKey,
    queryFn: async ({ pageParam, signal }) => firstReading(await readPage(pageParam, signal), keyOf),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query
  const items = useMemo(() => data?.pages.flatMap((page) => page.items), [data])
  const count = items?.length ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && count < READ_BY_ITSELF) void fetchNextPage()
  }, [hasNextPage, isFetching, isError, count, fetchNextPage])

  const shown = useRef<ReadonlySet<Item>>(new Set())
  const look = async () => {
    const list = cache.getQueryData<List>(queryKey)
    if (!list || document.hidden || cache.isFetching({ queryKey }) > 0) return
    const wanted = [...list.pages.entries()].filter(
      ([, page]) => page.stale && (always?.(page) || page.items.some((item) => shown.current.has(item))),
    )
    for (const [index] of wanted.slice(0, PAGES_A_LOOK)) {
      const answer = await readPage(list.pageParams[index] ?? null).catch(() => undefined)
      if (!answer || cache.isFetching({ queryKey }) > 0) return
      cache.setQueryData<List>(queryKey, (known) => {
        const page = known?.pages[index]
        return (
          known && page && { ...known, pages: known.pages.with(index, readingAgain(page, answer, keyOf)) }
        )
      })
    }
  }
  const looking = useRef(look)
  looking.current = look
  useEffect(() => {
    let busy = false
    const timer = setInterval(async () => {
      if (busy) return
      busy = true
      await looking.current()
      busy = false
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [])

  return {
    data: useMemo(() => items && { items }, [items]),
    error: query.error,
    refetch: query.refetch,
    complete: data !== undefined && !hasNextPage,
    reading: isFetching,
    readOn: () => {
      if (hasNextPage && !isFetching) void fetchNextPage()
    },
    show: (rows) => {
      shown.current = new Set(rows)
    },
  }
}
