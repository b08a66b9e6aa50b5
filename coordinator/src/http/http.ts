/** The REST interface: every route, and what all of them have in common. */
import { randomUUID } from 'node:crypto'
import fastifyCookie from '@fastify/cookie'
import type { Readiness } from '@tributary/protocols/rest'
import type { Clock } from '@tributary/protocols/runtime'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { Registry } from 'prom-client'
import type { Spans } from '../ports/spans.ts'
import type { Services } from '../services.ts'
import type { RequestLimits } from '../settings/sign-in-settings.ts'
import { type Access, guardRoutes } from './access.ts'
import { answerBrokenRequest, answerFailures, replyFailure } from './answer-failures.ts'
import type { Api } from './api.ts'
import { acceptBytes } from './byte-stream.ts'
import { type ConsoleFiles, serveConsole } from './console.ts'
import { allowOrigins, type CorsPolicy } from './cors.ts'
import { drainUnread } from './drain.ts'
import { acceptJson, JSON_BYTES } from './json-body.ts'
import { logSubjects } from './log-subjects.ts'
import { LOGIN_PATH, type OidcSignIn, signInByOidc } from './oidc/oidc-routes.ts'
import { describeApi } from './openapi.ts'
import { limitAddresses, limitCallers } from './request-limits.ts'
import { RequestLog } from './request-log.ts'
import { measureRequests } from './request-metrics.ts'
import { traceRequests } from './request-spans.ts'
import { LONGEST_NAME, recordRoutes } from './route-table.ts'
import { abandonRound } from './routes/abandon-round.ts'
import { changeTask } from './routes/change-task.ts'
import { checkTask } from './routes/check-task.ts'
import { closeSession } from './routes/close-session.ts'
import { createEnrolmentToken } from './routes/create-enrolment-token.ts'
import { createOperatorToken } from './routes/create-operator-token.ts'
import { createTask } from './routes/create-task.ts'
import { createWebhook } from './routes/create-webhook.ts'
import { deleteWebhook } from './routes/delete-webhook.ts'
import { endSession } from './routes/end-session.ts'
import { enrolClient } from './routes/enrol-client.ts'
import { getBlob } from './routes/get-blob.ts'
import { getClient } from './routes/get-client.ts'
import { getModel } from './routes/get-model.ts'
import { getOverview } from './routes/get-overview.ts'
import { getRound } from './routes/get-round.ts'
import { getSession } from './routes/get-session.ts'
import { getSignIn } from './routes/get-sign-in.ts'
import { getSystem } from './routes/get-system.ts'
import { getTask } from './routes/get-task.ts'
import { getTaskMetricsCsv } from './routes/get-task-metrics-csv.ts'
import { getTaskPrivacy } from './routes/get-task-privacy.ts'
import { getWebhook } from './routes/get-webhook.ts'
import { getWeights } from './routes/get-weights.ts'
import { health } from './routes/health.ts'
import { importModel } from './routes/import-model.ts'
import { listAudit } from './routes/list-audit.ts'
import { listClientRounds } from './routes/list-client-rounds.ts'
import { listClients } from './routes/list-clients.ts'
import { listDeliveries } from './routes/list-deliveries.ts'
import { listEnrolmentTokens } from './routes/list-enrolment-tokens.ts'
import { listModels } from './routes/list-models.ts'
import { listOperatorTokens } from './routes/list-operator-tokens.ts'
import { listRounds } from './routes/list-rounds.ts'
import { listSessions } from './routes/list-sessions.ts'
import { listTaskMetrics } from './routes/list-task-metrics.ts'
import { listTasks } from './routes/list-tasks.ts'
import { listWebhooks } from './routes/list-webhooks.ts'
import { metrics } from './routes/metrics.ts'
import { openSession } from './routes/open-session.ts'
import { openapiDocument } from './routes/openapi-document.ts'
import { pingWebhook } from './routes/ping-webhook.ts'
import { putBlob } from './routes/put-blob.ts'
import { putUpdate } from './routes/put-update.ts'
import { readiness } from './routes/readiness.ts'
import { redeliver } from './routes/redeliver.ts'
import { revokeClient } from './routes/revoke-client.ts'
import { revokeEnrolmentToken } from './routes/revoke-enrolment-token.ts'
import { revokeOperatorToken } from './routes/revoke-operator-token.ts'
import { rollbackModel } from './routes/rollback-model.ts'
import { triggerRound } from './routes/trigger-round.ts'
import { verifyAudit } from './routes/verify-audit.ts'
import { withdrawClient } from './routes/withdraw-client.ts'
import { sendSecurityHeaders } from './security-headers.ts'
import type { PublicUrl } from './session-cookie.ts'
import { cutWhenClosing, refuseWhileClosing } from './shutdown.ts'
import { validatorCompiler } from './validation.ts'

export type HttpNeeds = {
  services: Services
  clock: Pick<Clock, 'now'>
  /** Made by `createLogger`, which keeps secrets out. */
  logger: FastifyBaseLogger
  /** Shown at `/metrics`; the counters of requests join what is in it. */
  metrics: { registry: Registry; access: 'public' | 'viewer' }
  /** Where spans of requests go that are of a trace. */
  spans?: Spans | undefined
  ready: () => Promise<Readiness>
  cors: CorsPolicy
  /** Whose `X-Forwarded-…` headers are believed: nobody's, or those of proxies at these addresses or networks. */
  trustProxy: false | readonly string[]
  publicUrl: PublicUrl
  console: ConsoleFiles
  limits: RequestLimits
  /** An identity provider by which people may sign in. */
  oidc: OidcSignIn | undefined
}

/**
 * The server, complete but not listening. `app.server` is the Node server that socket.io attaches to.
 */
export const createHttp = (needs: HttpNeeds): FastifyInstance => {
  const { services } = needs
  const app = fastify({
    loggerInstance: needs.logger,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: needs.trustProxy === false ? false : [...needs.trustProxy],
    bodyLimit: JSON_BYTES,
    return503OnClosing: false,
    ...TIMEOUTS,
    routerOptions: { maxParamLength: LONGEST_NAME },
    frameworkErrors: replyFailure,
    clientErrorHandler: answerBrokenRequest,
    logController: new RequestLog(),
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const routes = recordRoutes(app)
  answerFailures(app, routes)
  sendSecurityHeaders(app)
  app.register(fastifyCookie)
  refuseWhileClosing(app)
  cutWhenClosing(app)
  allowOrigins(app, needs.cors)
  drainUnread(app)
  logSubjects(app)
  measureRequests(app, needs.metrics.registry)
  if (needs.spans) traceRequests(app, needs.spans)
  describeApi(app)
  app.register((scope, _options, done) => {
    limitAddresses(scope, needs)
    guardRoutes(scope, { ...services, publicUrl: needs.publicUrl })
    limitCallers(scope, needs)
    acceptJson(scope)
    acceptBytes(scope)
    const root: Api = scope.withTypeProvider()
    health(root)
    readiness(root, needs)
    metrics(root, { registry: needs.metrics.registry, access: METRICS_ACCESS[needs.metrics.access] })
    if (needs.oidc) signInByOidc(root, { ...needs, ...needs.oidc, ...services })
    scope.register(
      (version1, _prefix, registered) => {
        registerVersion1(version1.withTypeProvider(), needs)
        registered()
      },
      { prefix: '/api/v1' },
    )
    done()
  })
  serveConsole(app, needs.console)
  return app
}

const registerVersion1 = (api: Api, { services, clock, publicUrl, oidc }: HttpNeeds): void => {
  openapiDocument(api)

  createTask(api, services)
  checkTask(api, services)
  listTasks(api, services)
  getTask(api, services)
  changeTask(api, services)

  triggerRound(api, services)
  listRounds(api, services)
  getRound(api, services)
  abandonRound(api, services)
  putUpdate(api, services)

  listModels(api, services)
  getModel(api, services)
  getWeights(api, services)
  importModel(api, services)
  putBlob(api, services)
  rollbackModel(api, services)
  getBlob(api, services)

  createEnrolmentToken(api, { ...services, clock })
  enrolClient(api, services)
  listClients(api, services)
  getClient(api, services)
  revokeClient(api, services)
  withdrawClient(api, services)
  listClientRounds(api, services)

  getOverview(api, services)
  listTaskMetrics(api, services)
  getTaskMetricsCsv(api, services)
  getTaskPrivacy(api, services)

  listEnrolmentTokens(api, services)
  revokeEnrolmentToken(api, services)

  createWebhook(api, services)
  listWebhooks(api, services)
  getWebhook(api, services)
  deleteWebhook(api, services)
  listDeliveries(api, services)
  redeliver(api, services)
  pingWebhook(api, services)

  getSignIn(api, { oidc: oidc ? { name: oidc.options.name, path: LOGIN_PATH } : null })
  openSession(api, { ...services, publicUrl })
  getSession(api)
  closeSession(api, { ...services, publicUrl })
  listSessions(api, services)
  endSession(api, services)

  createOperatorToken(api, services)
  listOperatorTokens(api, services)
  revokeOperatorToken(api, services)
  listAudit(api, services)
  verifyAudit(api, services)
  getSystem(api, services)
}

/**
 * Bodies of hundreds of megabytes come over slow links, so a whole request may take long; one on which nothing moves may
 * not. Idle connections are kept a little longer than the minute after which load balancers close theirs.
 */
const TIMEOUTS = {
  requestTimeout: 30 * 60_000,
  connectionTimeout: 60_000,
  keepAliveTimeout: 65_000,
  http: { headersTimeout: 20_000 },
} as const

const METRICS_ACCESS: Record<HttpNeeds['metrics']['access'], Access> = {
  public: { kind: 'public' },
  viewer: { kind: 'operators', role: 'viewer' },
}
