/** The one place from which the console asks the coordinator. */
import type { CSRF_HEADER as CsrfHeader } from '@tributary/protocols/rest'
import { ProblemError, problemOf } from './problem-error.ts'
import type { AnswerOf, AskArguments, AskFor, Method, PathFor, Routes } from './routes.ts'

const BASE = '/api/v1'
const CSRF_HEADER: typeof CsrfHeader = 'x-csrf-token'

type Needs = {
  fetch: typeof fetch
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

export const createApi = (needs: Needs): Api => {
  const call =
    (method: Method) =>
    async (path: string, ask: Ask = {}, signal?: AbortSignal): Promise<never> => {
      const init: RequestInit = {
        method: method.toUpperCase(),
        headers: headersOf(method, ask, needs.csrf()),
      }
      init.credentials = 'same-origin'
      if (ask.body !== undefined) init.body = ask.body instanceof Blob ? ask.body : JSON.stringify(ask.body)
      if (signal) init.signal = signal
      const answer = await needs.fetch(urlOf(path, ask), init).catch((cause: unknown) => unreachable(cause))
      if (answer.status === 401) needs.signedOut()
      if (!answer.ok) throw await problemOf(answer)
      return (await bodyOf(answer)) as never
    }
  // What each path takes and answers is told by `Routes`, which the coordinator holds to its schemas.
  return { get: call('get'), post: call('post'), patch: call('patch'), delete: call('delete') } as Api
}

/** The address of something to download. */
export const addressOf = <P extends PathFor<'get'>>(path: P, ask: AskFor<P, 'get'>): string =>
  urlOf(path, ask)

type Ask = {
  path?: Record<string, string | number>
  query?: Record<string, string | number | undefined>
  body?: unknown
}

const urlOf = (path: keyof Routes | string, ask: Ask): string => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(ask.path?.[name])),
  )
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(ask.query ?? {}))
    if (value !== undefined && value !== '') query.set(name, String(value))
  return `${BASE}${filled}${query.size > 0 ? `?${query}` : ''}`
}

const headersOf = (method: Method, { body }: Ask, csrf: string | undefined): Record<string, string> => ({
  accept: 'application/json, application/problem+json',
  ...(body !== undefined && {
    'content-type': body instanceof Blob ? 'application/octet-stream' : 'application/json',
  }),
  ...(method !== 'get' && csrf && { [CSRF_HEADER]: csrf }),
  ...(method === 'post' && { 'idempotency-key': newKey() }),
})

/** `randomUUID` is there on secure origins alone; a coordinator in a laboratory may be reached over plain HTTP. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

const bodyOf = async (answer: Response): Promise<unknown> => {
  if (answer.status === 204) return undefined
  return answer.headers.get('content-type')?.includes('json') ? answer.json() : answer.text()
}

const unreachable = (cause: unknown): never => {
  if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
  const detail = 'The coordinator does not answer. It is asked again by itself.'
  throw new ProblemError({ status: 0, word: 'no-answer', detail }, cause)
}
