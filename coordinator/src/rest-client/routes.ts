/** What the routes of the OpenAPI document answer, and a client of them. */
import type { MaybeOptionalInit, ParseAsResponse } from 'openapi-fetch'
import type { paths } from './schema.generated.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The paths that take a method. */
type PathFor<M extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<M, object> ? Path : never
}[keyof paths]

type Good<Answers> = Answers[keyof Answers & (200 | 201 | 202 | 204)]
type Content<Answer> = Answer extends { content: infer Contents } ? Contents : never

/** What a route answers where it does as it was asked; undefined where it says nothing, or nothing in JSON. */
export type AnswerOf<Route> = Route extends { responses: infer Answers }
  ? Content<Good<Answers>> extends { 'application/json': infer Body }
    ? Body
    : undefined
  : never

type Ask<Init> = Record<never, never> extends Init ? [init?: Init] : [init: Init]

type Call<M extends Method> = <Path extends PathFor<M>, Init extends MaybeOptionalInit<paths[Path], M>>(
  path: Path,
  ...ask: Ask<Init>
) => Promise<{
  data?: ParseAsResponse<AnswerOf<paths[Path][M]>, Init>
  error?: unknown
  response: Response
}>

/**
 * `openapi-fetch`'s calls, with answers as the document has them. Its own types take out of answers what is marked as to be written
 * only, which no schema of ours is, and on the way lose what makes an id more than a string.
 */
export type RestClient = { [M in Method as Uppercase<M>]: Call<M> }
