/**
 * What the console asks of `/api/v1`: paths as OpenAPI writes them, with the types of the protocol. Types alone: the
 * coordinator checks what it is sent, so no schema is loaded into the page.
 */
import type * as rest from '@tributary/protocols/rest'

type Asked<Schema extends { _zod: { input: unknown } }> = Schema['_zod']['input']
type Paged = { limit?: number | undefined; cursor?: string | undefined }

export type Routes = {
  '/sign-in': { get: { answer: rest.SignInView } }
  '/session': {
    get: { answer: rest.SessionView }
    post: { body: rest.SignInRequest; answer: rest.SessionView }
    delete: { answer: undefined }
  }
  '/overview': { get: { answer: rest.OverviewView } }
  '/system': { get: { answer: rest.SystemView } }
  '/task-checks': { post: { body: unknown; answer: rest.TaskCheckView } }
  '/tasks': {
    get: { query: Paged; answer: rest.TaskPage }
    post: { body: unknown; answer: rest.TaskView }
  }
  '/tasks/{task}': {
    get: { answer: rest.TaskView }
    patch: { body: Asked<typeof rest.ChangeTaskRequest>; answer: rest.TaskView }
  }
  '/tasks/{task}/metrics': { get: { query: Paged; answer: rest.TaskMetricsPage } }
  '/tasks/{task}/metrics.csv': { get: { answer: string } }
  '/tasks/{task}/privacy': { get: { answer: rest.TaskPrivacyView } }
  '/tasks/{task}/rounds': {
    get: { query: Paged; answer: rest.RoundPage }
    post: { answer: rest.RoundView }
  }
  '/tasks/{task}/rounds/{round}': { get: { answer: rest.RoundDetail } }
  '/tasks/{task}/rounds/{round}/abandon': {
    post: { body: Asked<typeof rest.AbandonRoundRequest>; answer: rest.RoundView }
  }
  '/tasks/{task}/models': {
    get: { query: Paged; answer: rest.ModelPage }
    post: { query: { note?: string }; body: Blob; answer: rest.ModelView }
  }
  '/tasks/{task}/models/{version}': { get: { answer: rest.ModelView } }
  '/tasks/{task}/models/{version}/weights': { get: { answer: Blob } }
  '/tasks/{task}/rollback': {
    post: { body: { version: number; reason?: string }; answer: rest.ModelView }
  }
  '/clients': {
    get: {
      query: Paged & {
        status?: 'active' | 'revoked' | undefined
        online?: 'true' | 'false' | undefined
        search?: string | undefined
      }
      answer: rest.ClientPage
    }
  }
  '/clients/{client}': { get: { answer: rest.ClientView }; delete: { answer: rest.ClientView } }
  '/clients/{client}/rounds': { get: { query: Paged; answer: rest.ClientRoundPage } }
  '/enrolment-tokens': {
    get: { query: Paged; answer: rest.EnrolmentTokenPage }
    post: { body: Asked<typeof rest.CreateEnrolmentTokenRequest>; answer: rest.EnrolmentTokenView }
  }
  '/enrolment-tokens/{token}': { delete: { answer: unknown } }
  '/operator-tokens': {
    get: { query: Paged; answer: rest.OperatorTokenPage }
    post: { body: Asked<typeof rest.CreateOperatorTokenRequest>; answer: rest.OperatorTokenView }
  }
  '/operator-tokens/{token}': { delete: { answer: unknown } }
  '/audit': { get: { query: Paged; answer: rest.AuditPage } }
  '/audit/verification': { get: { answer: rest.AuditVerificationView } }
  '/webhooks': {
    get: { query: Paged; answer: rest.WebhookPage }
    post: { body: Asked<typeof rest.CreateWebhookRequest>; answer: rest.CreatedWebhookView }
  }
  '/webhooks/{webhook}': { get: { answer: rest.WebhookView }; delete: { answer: unknown } }
  '/webhooks/{webhook}/deliveries': { get: { query: Paged; answer: rest.DeliveryPage } }
  '/webhooks/{webhook}/deliveries/{delivery}/redeliver': { post: { answer: rest.DeliveryView } }
  '/webhooks/{webhook}/ping': { post: { answer: rest.DeliveryView } }
}

export type Method = 'get' | 'post' | 'patch' | 'delete'

/** The paths that take a method. */
export type PathFor<M extends Method> = {
  [P in keyof Routes]: M extends keyof Routes[P] ? P : never
}[keyof Routes]

type RouteOf<P extends keyof Routes, M extends Method> = M extends keyof Routes[P] ? Routes[P][M] : never

export type AnswerOf<P extends keyof Routes, M extends Method> =
  RouteOf<P, M> extends { answer: infer Answer } ? Answer : never

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never

type PathPart<P extends string> = [NamesIn<P>] extends [never]
  ? { path?: never }
  : { path: Record<NamesIn<P>, string | number> }
type QueryPart<R> = R extends { query: infer Query } ? { query?: Query } : { query?: never }
type BodyPart<R> = R extends { body: infer Body } ? { body: Body } : { body?: never }

/** What a request to a path is told: the names in the path, the query, the body. */
export type AskFor<P extends keyof Routes, M extends Method> = PathPart<P> &
  QueryPart<RouteOf<P, M>> &
  BodyPart<RouteOf<P, M>>

/** The ask may be left out where nothing in it is required. */
export type AskArguments<P extends keyof Routes, M extends Method> =
  Record<never, never> extends AskFor<P, M> ? [ask?: AskFor<P, M>] : [ask: AskFor<P, M>]
