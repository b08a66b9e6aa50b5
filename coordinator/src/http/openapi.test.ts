import { Validator } from '@seriousme/openapi-schema-validator'
import { TaskFile } from '@tributary/protocols/task'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { refuse } from '../refusal.ts'
import { ALICE, aRound, aServer, aTask, aTaskFile, type TestServer } from './http.builders.ts'

const Schema = z.record(z.string(), z.json())
const Content = z.record(z.string(), z.object({ schema: Schema }))
const Operation = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  description: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  requestBody: z.object({ content: Content }).optional(),
  parameters: z.array(z.object({ in: z.string(), name: z.string() })).default([]),
  responses: z.record(z.string(), z.object({ description: z.string().min(1), content: Content.optional() })),
})
const Document = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
})

let server: TestServer
let text: string
let document: z.infer<typeof Document>

beforeAll(async () => {
  server = await aServer({
    tasks: { get: async () => aTask() },
    rounds: {
      get: async () => ({
        round: aRound(1),
        members: [{ status: 'accepted', round: aRound(1).id, client: ALICE }],
      }),
      trigger: async () => refuse('round-open', 'A round is open.', { about: { round: 'digits.1' } }),
    },
  })
  text = await (await server.ask('/api/v1/openapi.json', { token: '' })).text()
  document = Document.parse(JSON.parse(text))
})
afterAll(() => server.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )

/** The document's own schema as a zod schema, made without ours. */
const readerOf = (schema: z.infer<typeof Schema>) => {
  const local = JSON.stringify({ ...schema, $defs: document.components.schemas })
  return z.fromJSONSchema(JSON.parse(local.replaceAll('#/components/schemas/', '#/$defs/')))
}

const answerSchema = (path: string, method: string, status: string, type = 'application/json') => {
  const schema = document.paths[path]?.[method]?.responses[status]?.content?.[type]?.schema
  if (!schema) throw new Error(`${method} ${path} does not describe ${status} as ${type}`)
  return schema
}

test('the document is OpenAPI 3.1 by the schemas of the OpenAPI Initiative', async () => {
  const validator = new Validator()
  expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')

  const { responses, ...broken } = JSON.parse(text).paths['/healthz'].get
  expect(responses).toBeDefined()
  const wrong = { ...JSON.parse(text), paths: { '/healthz': { get: { ...broken, responses: [] } } } }
  expect((await validator.validate(wrong)).valid).toBe(false)
})

test('every route of the interface is described', () => {
  expect(operations().map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'POST /api/v1/tasks',
      'GET /api/v1/tasks',
      'GET /api/v1/tasks/{task}',
      'PATCH /api/v1/tasks/{task}',
      'POST /api/v1/tasks/{task}/rounds',
      'GET /api/v1/tasks/{task}/rounds',
      'GET /api/v1/tasks/{task}/rounds/{round}',
      'POST /api/v1/tasks/{task}/rounds/{round}/abandon',
      'PUT /api/v1/tasks/{task}/rounds/{round}/updates/{client}',
      'GET /api/v1/tasks/{task}/models',
      'GET /api/v1/tasks/{task}/models/{version}',
      'GET /api/v1/tasks/{task}/models/{version}/weights',
      'POST /api/v1/tasks/{task}/models',
      'POST /api/v1/tasks/{task}/rollback',
      'GET /api/v1/blobs/{digest}',
      'POST /api/v1/enrolment-tokens',
      'POST /api/v1/clients',
      'GET /api/v1/clients',
      'DELETE /api/v1/clients/{client}',
      'GET /api/v1/audit',
      'GET /api/v1/overview',
      'GET /api/v1/clients/{client}/rounds',
      'GET /api/v1/tasks/{task}/metrics',
      'GET /api/v1/tasks/{task}/metrics.csv',
      'GET /api/v1/tasks/{task}/privacy',
      'POST /api/v1/task-checks',
      'GET /api/v1/audit/verification',
      'GET /api/v1/system',
      'GET /api/v1/operator-tokens',
      'DELETE /api/v1/operator-tokens/{token}',
      'GET /api/v1/enrolment-tokens',
      'DELETE /api/v1/enrolment-tokens/{token}',
    ]),
  )
})

test('operations have names of their own, a good answer, and problems for the rest', () => {
  const ids = operations().map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { name, operation } of operations()) {
    const statuses = Object.keys(operation.responses)
    expect(
      statuses.some((status) => status.startsWith('2')),
      name,
    ).toBe(true)
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) < 400 || name === 'GET /readyz') continue
      expect(content, `${name} ${status}`).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      })
    }
  }
})

test('parameters of a path are described, and lists take limit and cursor', () => {
  for (const { name, operation } of operations()) {
    const inPath = operation.parameters.filter((one) => one.in === 'path').map((one) => one.name)
    expect(inPath.toSorted(), name).toEqual([...name.matchAll(/\{(\w+)\}/g)].map(([, one]) => one).toSorted())
    if (!operation.operationId.startsWith('list')) continue
    const inQuery = operation.parameters.filter((one) => one.in === 'query').map((one) => one.name)
    expect(inQuery.slice(0, 2), name).toEqual(['limit', 'cursor'])
  }
})

test('what needs a token says which, and what creates or triggers takes a key', () => {
  const open = operations().filter(({ operation }) => operation.security.length === 0)
  expect(open.map(({ name }) => name)).toEqual([
    'GET /healthz',
    'GET /readyz',
    'GET /metrics',
    'POST /api/v1/clients',
    'POST /api/v1/clients/{client}/withdrawal',
    'GET /api/v1/sign-in',
    'POST /api/v1/session',
  ])
  const keyed = operations().filter(({ operation }) =>
    operation.parameters.some(({ name }) => name === 'idempotency-key'),
  )
  expect(keyed.map(({ operation }) => operation.operationId)).toEqual([
    'createTask',
    'triggerRound',
    'importModel',
    'rollbackModel',
    'createEnrolmentToken',
    'createWebhook',
  ])
})

test('every reference leads somewhere, and nothing lies there unused', () => {
  const named = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref)
  const components = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)

  expect([...new Set(named)].toSorted()).toEqual(components.toSorted())
})

describe('read by its own schemas', () => {
  test('a task file is right, and one with a mistake is wrong', () => {
    const { schema } = document.paths['/api/v1/tasks']?.post?.requestBody?.content['application/json'] ?? {}
    const reader = readerOf(Schema.parse(schema))
    const file = z.encode(TaskFile, aTaskFile())

    expect(reader.safeParse(file).error).toBeUndefined()
    expect(reader.safeParse({ ...file, cohort: { ...file.cohort, target: 0 } }).success).toBe(false)
    expect(reader.safeParse({ ...file, colour: 'blue' }).success).toBe(false)
  })

  test.each([
    ['/api/v1/tasks/{task}', '/api/v1/tasks/digits'],
    ['/api/v1/tasks/{task}/rounds/{round}', '/api/v1/tasks/digits/rounds/1'],
  ])('what %s answers is right', async (path, url) => {
    const answer = z.record(z.string(), z.json()).parse(await (await server.ask(url)).json())
    const reader = readerOf(answerSchema(path, 'get', '200'))

    expect(reader.safeParse(answer).error).toBeUndefined()
    const [first = ''] = Object.keys(answer)
    expect(reader.safeParse({ ...answer, [first]: [] }).success).toBe(false)
  })

  test('a problem is right', async () => {
    const response = await server.ask('/api/v1/tasks/digits/rounds', { method: 'POST' })
    const schema = answerSchema('/api/v1/tasks/{task}/rounds', 'post', '409', 'application/problem+json')

    expect(response.status).toBe(409)
    expect(readerOf(schema).safeParse(await response.json()).error).toBeUndefined()
  })
})

test('the interface can be browsed, by pages that load nothing from elsewhere', async () => {
  const page = await server.ask('/docs/', { token: '' })
  const html = await page.text()
  const start = await (await server.ask('/docs/static/swagger-initializer.js', { token: '' })).text()

  expect(page.headers.get('content-type')).toContain('text/html')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(html).not.toMatch(/<script>|https?:\/\//)
  expect(start).toContain('/api/v1/openapi.json')
})
