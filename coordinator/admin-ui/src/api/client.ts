/** The one place from which the console asks the coordinator. */
import { actKey, createRestClient, granted } from '@tributary/coordinator/rest-client'
import { problemErrorOf } from './problem-error.ts'
import type { AnswerOf, AskArguments, AskFor, Method, PathFor } from './routes.ts'

export const API_BASE = '/api/v1'

/** The reader waits for a moment; for longer, the page says what is the matter. A large model takes its time to be sent. */
const PATIENCE = { answerMs: 600_000, tries: 3, longestWaitMs: 2_000 }

type Needs = {
  /** Where the coordinator listens. */
  url: string
  fetch?: (request: Request) => Promise<Response>
  /** The session's, for requests that change something; undefined before signing in. */
  csrf: () => string | undefined
  /** Hears that the coordinator knows no session any more. */
  signedOut: () => void
}

type Call<M extends Method> = <P extends PathFor<M>>(
  path: P,
  ...ask: AskArguments<P, M>
) => Promise<AnswerOf<P, M>>

export type Api = {
  /** @throws ProblemError where the request is refused or gets no answer; so do the others. */
  get: <P extends PathFor<'get'>>(
    path: P,
    ask?: AskFor<P, 'get'>,
    signal?: AbortSignal,
  ) => Promise<AnswerOf<P, 'get'>>
  /** Each call is one act: what the network repeats is done once. */
  post: Call<'post'>
  patch: Call<'patch'>
  delete: Call<'delete'>
}

export const createApi = ({ url, fetch, csrf, signedOut }: Needs): Api => {
  const rest = createRestClient({
    url,
    credentials: { kind: 'session', csrf },
    patience: PATIENCE,
    ...(fetch && { fetch }),
  })
  const call =
    (method: Method) =>
    async (path: string, ask: Ask = {}, signal?: AbortSignal): Promise<never> => {
      // What belongs to a path is told by the types of `Api`; here it is any path.
      const send = rest[VERBS[method]] as unknown as Send
      const asked = send(`${API_BASE}${path}`, initOf(method, ask, signal))
      return granted<never>(asked).catch((error: unknown) => {
        const problem = problemErrorOf(error)
        if (problem.status === 401) signedOut()
        throw problem
      })
    }
  return { get: call('get'), post: call('post'), patch: call('patch'), delete: call('delete') } as Api
}

/** The address of something to download. */
export const addressOf = <P extends PathFor<'get'>>(path: P, ask: AskFor<P, 'get'>): string => {
  const names: Ask['path'] = ask.path ?? {}
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name])))
  return `${API_BASE}${filled}`
}

const VERBS = { get: 'GET', post: 'POST', patch: 'PATCH', delete: 'DELETE' } as const

type Send = (path: string, init: object) => Promise<{ data?: never; error?: unknown; response: Response }>

type Ask = {
  path?: Record<string, string | number>
  query?: Record<string, unknown>
  body?: unknown
}

const initOf = (method: Method, { path, query = {}, body }: Ask, signal: AbortSignal | undefined) => ({
  params: {
    path,
    query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')),
    ...(method === 'post' && { header: actKey() }),
  },
  ...(body !== undefined && { body }),
  ...(body instanceof Blob && {
    headers: { 'content-type': 'application/octet-stream' },
    bodySerializer: (bytes: Blob) => bytes,
  }),
  ...(signal && { signal }),
})
