/**
 * The typed client of the REST interface, for Node and browsers: `client.GET('/api/v1/tasks/{task}', …)`, with types made of the
 * coordinator's own OpenAPI document. It loads no schemas and takes about 4 kB in a page.
 */
import { CSRF_HEADER } from '@tributary/protocols/rest'
import createClient from 'openapi-fetch'
import { PATIENCE, type Patience, patientFetch } from './patient-fetch.ts'
import { problemOfBody } from './rest-errors.ts'
import type { RestClient } from './routes.ts'
import type { components, paths } from './schema.generated.ts'

export type { Patience } from './patient-fetch.ts'
export { RestProblem, StrangeAnswerError, UnreachableError } from './rest-errors.ts'
export type { AnswerOf, RestClient } from './routes.ts'
export type { paths } from './schema.generated.ts'
export type Schemas = components['schemas']

/** By what a caller shows who it is. */
export type Credentials =
  /** An operator token. */
  | { kind: 'token'; token: string }
  /** The cookie of a session on the coordinator's own pages; `csrf` gives what the session's view says, undefined before it is known. */
  | { kind: 'session'; csrf(): string | undefined }
  | { kind: 'none' }

export type RestClientOptions = {
  /** Where the coordinator listens, with a path before `/api` where a proxy puts one. */
  url: string
  credentials: Credentials
  patience?: Partial<Patience>
  /** In place of the platform's. */
  fetch?: (request: Request) => Promise<Response>
}

export const createRestClient = ({ url, credentials, patience, fetch }: RestClientOptions): RestClient => {
  const client = createClient<paths>({
    baseUrl: url,
    fetch: patientFetch({ ...PATIENCE, ...patience }, fetch),
    credentials: credentials.kind === 'session' ? 'same-origin' : 'omit',
  })
  client.use({
    onRequest({ request }) {
      if (credentials.kind === 'token') request.headers.set('authorization', `Bearer ${credentials.token}`)
      const csrf =
        credentials.kind === 'session' && !READS.has(request.method) ? credentials.csrf() : undefined
      if (csrf !== undefined) request.headers.set(CSRF_HEADER, csrf)
    },
  })
  return client as unknown as RestClient
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * What a request was answered.
 * @throws RestProblem where it was refused; UnreachableError, StrangeAnswerError, or the reason of its signal.
 */
export const granted = async <Data>(
  asked: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Exclude<Data, undefined>> => {
  const { data, error, response } = await asked
  if (!response.ok) throw problemOfBody(error, response)
  return data as Exclude<Data, undefined>
}

/** A fresh name for one act: with it in its headers, a POST that is repeated is done once. */
export const actKey = (): { 'idempotency-key': string } => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return { 'idempotency-key': Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') }
}

type PageOf<Item> = { items: Item[]; nextCursor: string | null }

/** Every item of a list, page after page, as they are asked for. @throws Error where a list does not come to its end. */
export async function* everyItem<Item>(
  page: (query: { limit: number; cursor?: string }) => Promise<PageOf<Item>>,
): AsyncGenerator<Item, void> {
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await page({ limit: LARGEST_PAGE, ...(cursor !== undefined && { cursor }) })
    yield* items
    if (nextCursor !== null && nextCursor === cursor)
      throw new Error('the list does not come to an end: a page was followed by itself')
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}

const LARGEST_PAGE = 200
