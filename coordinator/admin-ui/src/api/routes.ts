/**
 * What the console asks of `/api/v1`: paths, parameters, bodies and answers as the coordinator's OpenAPI document has them.
 * Types alone: the coordinator checks what it is sent, so no schema is loaded into the page.
 */
import type { AnswerOf as AnswerOfRoute, paths } from '@tributary/coordinator/rest-client'
import type { API_BASE } from './client.ts'

export type Method = 'get' | 'post' | 'patch' | 'delete'

/** By path below the interface's base: `/tasks/{task}`. */
export type Routes = {
  [Path in keyof paths as Path extends `${typeof API_BASE}${infer Below}` ? Below : never]: paths[Path]
}

/** The paths that take a method. */
export type PathFor<M extends Method> = {
  [P in keyof Routes]: Routes[P] extends Record<M, object> ? P : never
}[keyof Routes]

type RouteOf<P extends keyof Routes, M extends Method> =
  Routes[P] extends Record<M, infer Route> ? Route : never

/** What a path answers; undefined where it says nothing, or nothing in JSON. */
export type AnswerOf<P extends keyof Routes, M extends Method> = AnswerOfRoute<RouteOf<P, M>>

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never

type PathPart<P extends string> = [NamesIn<P>] extends [never]
  ? { path?: never }
  : { path: Record<NamesIn<P>, string | number> }
type QueryPart<R> = R extends { parameters: { query?: infer Query } }
  ? { query?: { [Name in keyof Query]: Query[Name] | undefined } }
  : { query?: never }
type BodyPart<R> = R extends { requestBody: infer Told } ? BodyOf<AnyOf<Told>> : { body?: never }
type AnyOf<Told> = Told extends { content: infer Bodies } ? Bodies[keyof Bodies] : never
/** A body that may name nothing may be left out. */
type BodyOf<Body> = string extends keyof Body ? { body?: Body } : { body: Lax<Body> }
/** JSON leaves out what is undefined. */
type Lax<Body> = Body extends Blob | Uint8Array
  ? Body
  : {
      [Name in keyof Body]: Record<never, never> extends Pick<Body, Name>
        ? Body[Name] | undefined
        : Body[Name]
    }

/** What a request to a path is told: the names in the path, the query, the body. */
export type AskFor<P extends keyof Routes, M extends Method> = PathPart<P> &
  QueryPart<RouteOf<P, M>> &
  BodyPart<RouteOf<P, M>>

/** The ask may be left out where nothing in it is required. */
export type AskArguments<P extends keyof Routes, M extends Method> =
  Record<never, never> extends AskFor<P, M> ? [ask?: AskFor<P, M>] : [ask: AskFor<P, M>]
