import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback } from 'react'
import { useToasts } from '../ui/toasts.tsx'
import { useApi } from './api-context.ts'
import { askAgain } from './ask-again.ts'
import type { Api } from './client.ts'
import type { ProblemError } from './problem-error.ts'
import type { AnswerOf, AskFor, PathFor, Routes } from './routes.ts'

/** A query's key: the path with its names unfilled, so that all of a kind are found together. */
export const restKey = <P extends PathFor<'get'>>(path: P, ask?: AskFor<P, 'get'>) =>
  [path, ask ?? {}] as const

/** What `GET path` answers, kept up to date by live events. `when: false` does not ask yet; `everyMs` asks again while the page is seen. */
export const useRest = <P extends PathFor<'get'>>(
  path: P,
  ask?: AskFor<P, 'get'>,
  { when = true, everyMs }: { when?: boolean; everyMs?: number } = {},
): UseQueryResult<AnswerOf<P, 'get'>, ProblemError> => {
  const api = useApi()
  return useQuery<AnswerOf<P, 'get'>, ProblemError>({
    queryKey: restKey(path, ask),
    queryFn: ({ signal }) => api.get(path, ask, signal),
    enabled: when,
    refetchInterval: everyMs ?? false,
  })
}

export type Paged = {
  [P in PathFor<'get'>]: AnswerOf<P, 'get'> extends { items: unknown[]; nextCursor: string | null }
    ? P
    : never
}[PathFor<'get'>]
export type ItemOf<P extends Paged> = AnswerOf<P, 'get'> extends { items: (infer Item)[] } ? Item : never

type Pages<Item> = UseInfiniteQueryResult<{ items: Item[] }, ProblemError> & {
  /** Reads the next page where there is one; not while another is read, and not after a failure, until it is asked again. */
  readOn: () => void
}

/** A list of which one page after the other is read. Its key is told from `useRest`'s by `pages`. */
export const useRestPages = <P extends Paged>(
  path: P,
  ask?: AskFor<P, 'get'>,
  { everyMs }: { everyMs?: number } = {},
): Pages<ItemOf<P>> => {
  const api = useApi()
  const query = useInfiniteQuery<
    { items: ItemOf<P>[]; nextCursor: string | null },
    ProblemError,
    { items: ItemOf<P>[] },
    readonly unknown[],
    string | null
  >({
    queryKey: [path, ask ?? {}, 'pages'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 200, ...ask?.query, ...(pageParam !== null && { cursor: pageParam }) }
      const answer = await api.get(path, { ...ask, query } as AskFor<P, 'get'>, signal)
      return answer as { items: ItemOf<P>[]; nextCursor: string | null }
    },
    initialPageParam: null,
    getNextPageParam: (last) => last.nextCursor,
    select: allItems,
    refetchInterval: everyMs ?? false,
  })
  const { hasNextPage, isFetching, isError, fetchNextPage } = query
  const more = hasNextPage && !isFetching && !isError
  const readOn = useCallback(() => {
    if (more) void fetchNextPage()
  }, [more, fetchNextPage])
  return { ...query, readOn }
}

const allItems = <Item>(read: InfiniteData<{ items: Item[] }, string | null>): { items: Item[] } => ({
  items: read.pages.flatMap((page) => page.items),
})

/**
 * An act. When it is done, a toast says `done(answer)` and the lists of `changes` are asked again; a refusal is said too,
 * unless `quiet`, where the form shows it at its place.
 */
export const useAct = <Input, Answer>(act: {
  does: (api: Api, input: Input) => Promise<Answer>
  done?: (answer: Answer) => string
  changes?: readonly (keyof Routes)[]
  quiet?: boolean
}): UseMutationResult<Answer, ProblemError, Input> => {
  const api = useApi()
  const cache = useQueryClient()
  const { say } = useToasts()
  return useMutation<Answer, ProblemError, Input>({
    mutationFn: (input) => act.does(api, input),
    onSuccess: async (answer) => {
      if (act.done) say({ tone: 'good', text: act.done(answer) })
      await Promise.all((act.changes ?? []).map((path) => askAgain(cache, path)))
    },
    onError: (problem) => {
      if (!act.quiet) say({ tone: 'bad', text: problem.message })
    },
  })
}
