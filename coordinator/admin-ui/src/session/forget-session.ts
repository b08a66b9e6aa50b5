import type { QueryClient } from '@tanstack/react-query'
import { SESSION_KEY } from './use-session.ts'

/** Nobody is signed in any more, and nothing of what was read stays for whoever comes next. */
export const forgetSession = (cache: QueryClient): void => {
  // Kept and emptied, not removed: the page watches this one to know that it must ask who is there.
  cache.setQueryData(SESSION_KEY, null)
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] })
}
