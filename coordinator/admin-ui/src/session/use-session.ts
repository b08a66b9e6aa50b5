import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { RoleName, SessionView } from '@tributary/protocols/rest'
import { useApi } from '../api/api-context.ts'
import { ProblemError } from '../api/problem-error.ts'
import { restKey } from '../api/use-rest.ts'
import { mayActAs, whyNot } from './roles.ts'

export const SESSION_KEY = restKey('/session')

/** Who is signed in: undefined while that is asked, null for nobody. */
export const useSession = (): { session: SessionView | null | undefined; problem: ProblemError | null } => {
  const api = useApi()
  const { data, error } = useQuery<SessionView | null, ProblemError>({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) =>
      api.get('/session', undefined, signal).catch((problem: unknown) => {
        if (problem instanceof ProblemError && problem.status === 401) return null
        throw problem
      }),
  })
  return { session: data, problem: error }
}

/** Why the reader may not do what needs a role, in words; undefined where they may. The server holds the same rule. */
export const useWhyNot = (needed: RoleName | undefined): string | undefined => {
  const session = useQueryClient().getQueryData<SessionView | null>(SESSION_KEY)
  if (!session || !needed || mayActAs(session.role, needed)) return undefined
  return whyNot(session.role, needed)
}
