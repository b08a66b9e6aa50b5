/** The description of the interface: OpenAPI 3.1 at `/api/v1/openapi.json`, browsable at `/docs`. */
import swagger, { type SwaggerTransform, type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { unreachable } from '@tributary/protocols'
import * as rest from '@tributary/protocols/rest'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import * as z from 'zod'
import type { Access } from './access.ts'
import { BRANDED } from './branded-schemas.ts'
import { BYTES } from './byte-stream.ts'
import { pruneDocument } from './openapi-prune.ts'
import { PROBLEMS, type ProblemWord } from './problem-table.ts'

/** Describes every route registered after it. */
export const describeApi = (app: FastifyInstance): void => {
  app.register(swagger, {
    openapi: DOCUMENT,
    convertConstToEnum: false,
    transform: describeRoute,
    transformObject: describeAll,
  })
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    uiConfig: { url: rest.restPaths.openapi },
  })
}

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Tributary coordinator',
    version: '1',
    description:
      'Tasks, rounds, model versions and the fleet. Errors are RFC 9457 problems whose type ends in a reason word; times are ISO 8601 in UTC; lists are paged by cursor; a POST that creates or triggers takes an Idempotency-Key.',
  },
  tags: [
    { name: 'tasks', description: 'One model being trained for one population' },
    { name: 'rounds', description: 'Attempts: select a cohort, train, collect updates, aggregate' },
    { name: 'models', description: 'Immutable, content-addressed model versions' },
    { name: 'clients', description: 'The fleet and how it grows' },
    { name: 'webhooks', description: 'Other systems hear of rounds and versions' },
    { name: 'access', description: 'Tokens, and who did what' },
    { name: 'operation', description: 'For those who run the coordinator' },
  ],
  components: {
    securitySchemes: {
      operator: { type: 'http' as const, scheme: 'bearer', description: 'An operator token, tro_…' },
      console: {
        type: 'apiKey' as const,
        in: 'cookie',
        name: '__Host-tributary',
        description:
          'The session of a browser that signed in; over plain HTTP its name is tributary-session. What changes anything carries x-csrf-token too.',
      },
      session: {
        type: 'http' as const,
        scheme: 'bearer',
        description: 'A session token that the coordinator hands to a client over its socket',
      },
    },
  },
}

/** The page loads its own files and asks this coordinator; nothing else. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Schemas that the document names; the rest stand where they are used. */
const named = z.registry<{ id?: string | undefined }>()
for (const [id, schema] of Object.entries({
  ...BRANDED['@tributary/protocols'],
  ...BRANDED['@tributary/protocols/privacy'],
  TaskFile: rest.CreateTaskRequest,
  TaskView: rest.TaskView,
  TaskSummary: rest.TaskSummary,
  ChangeTaskRequest: rest.ChangeTaskRequest,
  RoundView: rest.RoundView,
  RoundDetail: rest.RoundDetail,
  BlobView: rest.BlobView,
  ModelView: rest.ModelView,
  ClientView: rest.ClientView,
  EnrolRequest: rest.EnrolRequest,
  EnrolmentTokenView: rest.EnrolmentTokenView,
  SubmissionReceiptView: rest.SubmissionReceiptView,
  AuditRecordView: rest.AuditRecordView,
  OverviewView: rest.OverviewView,
  FleetView: rest.FleetView,
  AlertView: rest.AlertView,
  MemberView: rest.MemberView,
  ClientRoundView: rest.ClientRoundView,
  RoundMetricsView: rest.RoundMetricsView,
  BandView: rest.BandView,
  TaskPrivacyView: rest.TaskPrivacyView,
  WebhookView: rest.WebhookView,
  CreatedWebhookView: rest.CreatedWebhookView,
  DeliveryView: rest.DeliveryView,
  Problem: rest.Problem,
}))
  named.add(schema, { id })

const fromZod = createJsonSchemaTransform({ schemaRegistry: named })
const componentsFromZod = createJsonSchemaTransformObject({ schemaRegistry: named })

const describeRoute: SwaggerTransform = (document) => {
  const { schema, url } = fromZod(document)
  if (!schema || schema.hide) return { schema, url }
  const { route } = document
  const access: Access = route.config?.access ?? { kind: 'public' }
  return {
    url,
    schema: {
      ...schema,
      ...(schema.consumes?.includes(BYTES) && { body: { type: 'string', format: 'binary' } }),
      security: securityOf(access),
      description: [schema.description, rightsOf(access)].filter(Boolean).join(' '),
      response: { ...describedAnswers(schema.response), ...problemAnswers(route) },
    },
  }
}

const describeAll: SwaggerTransformObject = (document) => pruneDocument(componentsFromZod(document))

const securityOf = (access: Access): { [scheme: string]: string[] }[] => {
  switch (access.kind) {
    case 'public':
      return []
    case 'operators':
      return [{ operator: [] }, { console: [] }]
    case 'clients':
      return [{ session: [] }]
    case 'clients-or-operators':
      return [{ session: [] }, { operator: [] }, { console: [] }]
    default:
      return unreachable(access)
  }
}

const rightsOf = (access: Access): string => {
  switch (access.kind) {
    case 'public':
      return 'Needs no token.'
    case 'operators':
      return `Needs the role ${access.role}.`
    case 'clients-or-operators':
      return `Needs a client's session or the role ${access.role}.`
    case 'clients':
      return "Needs a client's session."
    default:
      return unreachable(access)
  }
}

const SUCCESS: Readonly<Record<string, string>> = {
  200: 'Done; or what was asked for',
  201: 'Made',
  202: 'Begun',
  204: 'Done',
  503: 'Not at present',
}

const describedAnswers = (answers: unknown): Record<string, object> =>
  Object.fromEntries(
    Object.entries(answers ?? {}).map(([status, answer]: [string, object]) => [
      status,
      { description: SUCCESS[status], ...answer },
    ]),
  )

/** One answer for each status, which names the reason words that come with it. */
const problemAnswers = (route: RouteOptions): Record<number, object> => {
  const byStatus = Map.groupBy(
    new Set([...followingWords(route), ...(route.config?.refuses ?? [])]),
    (word) => PROBLEMS[word].status,
  )
  return Object.fromEntries(
    [...byStatus].map(([status, words]) => [
      status,
      {
        description: words.map((word) => `\`${word}\`: ${PROBLEMS[word].title}.`).join(' '),
        content: { [rest.PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

/** The reasons that follow from what a route is: its schemas, its access, its body. */
const followingWords = ({ schema, config, method }: RouteOptions): ProblemWord[] => {
  const checked = schema?.params ?? schema?.querystring ?? schema?.headers ?? schema?.body
  const guarded = config?.access !== undefined && config.access.kind !== 'public'
  const looksOnly = [method].flat().every((one) => one === 'GET' || one === 'HEAD')
  const takesBody = ['POST', 'PUT', 'PATCH'].some((one) => [method].flat().includes(one))
  return [
    ...(checked ? (['invalid'] as const) : []),
    ...(guarded ? (['unauthenticated', 'forbidden'] as const) : []),
    ...(guarded && !looksOnly && config?.access?.kind !== 'clients' ? (['csrf'] as const) : []),
    ...(config?.limit === 'off' ? [] : (['too-many-requests'] as const)),
    ...(takesBody ? (['too-large', 'unsupported-media-type'] as const) : []),
    'internal',
  ]
}
