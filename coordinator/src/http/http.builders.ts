/** A real server on a loopback port, whose services are small stand-ins: for what is HTTP's alone. */
import { ClientId, Digest, ModelVersion, TaskId } from '@tributary/protocols'
import { EncodedPublicKey, EncodedSignature } from '@tributary/protocols/crypto'
import { TaskFile } from '@tributary/protocols/task'
import { Registry } from 'prom-client'
import type { OpenBlob } from '../ports/blobs.ts'
import type { Client, ModelRecord, Role } from '../ports/records.ts'
import { refuse } from '../refusal.ts'
import { openRound } from '../round/open-round.ts'
import { roundPolicy } from '../round/policy.ts'
import type { Selecting } from '../round/round.ts'
import type { Services, TaskView } from '../services.ts'
import { USUAL_LIMITS } from '../settings/sign-in-settings.ts'
import { createHttp, type HttpNeeds } from './http.ts'
import { createLogger } from './logger.ts'

export const DIGITS = TaskId.parse('digits')
export const ALICE = ClientId.parse(`c-${'a'.repeat(32)}`)
export const BOB = ClientId.parse(`c-${'b'.repeat(32)}`)
export const digest = (digit: string): Digest => Digest.parse(`sha256:${digit.repeat(64)}`)
export const version = (number: number): ModelVersion => ModelVersion.parse(number)
export const AT = Date.UTC(2026, 2, 1, 9, 30)

export const aTaskFile = (): TaskFile =>
  TaskFile.parse({
    id: DIGITS,
    model: {
      format: 'custom',
      trainer: 'linear',
      tensors: [{ name: 'w', shape: [2], dtype: 'F32' }],
      initial: { kind: 'seeded', seed: 1 },
    },
    plan: {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'mean-squared-error',
    },
    cohort: { target: 2, quorum: 1 },
  })

export const aRound = (number: number): Selecting =>
  openRound(
    {
      task: DIGITS,
      number,
      base: { version: version(1), digest: digest('1') },
      assignment: digest('2'),
      at: AT,
    },
    roundPolicy(aTaskFile(), 2),
  )

export const aTask = (): TaskView => ({
  task: {
    id: DIGITS,
    file: aTaskFile(),
    assignment: { digest: digest('2'), bytes: 10 },
    status: 'active',
    createdAt: AT,
  },
  openRound: aRound(2),
  latestRound: aRound(2),
  latestModel: aModel(1),
  completedRounds: 0,
  nextRoundAt: undefined,
})

export const aModel = (number: number): ModelRecord => ({
  task: DIGITS,
  version: version(number),
  parent: number === 1 ? null : version(number - 1),
  weights: { digest: digest('1'), bytes: 8 },
  assignment: digest('2'),
  origin: { kind: 'initial', seed: 1 },
  createdAt: AT,
})

export const aClient = (id: ClientId = ALICE, status: Client['status'] = 'active'): Client => ({
  id,
  publicKey: EncodedPublicKey.parse('A'.repeat(43)),
  status,
  enrolledAt: AT,
  enrolledBy: 'e'.repeat(24),
})

/** A blob of these bytes, streamed one at a time. */
export const aBlob = (...bytes: number[]): OpenBlob => ({
  bytes: bytes.length,
  async *stream({ start, end } = { start: 0, end: bytes.length - 1 }) {
    for (const byte of bytes.slice(start, end + 1)) yield Uint8Array.of(byte)
  },
})

const absent = (): never => {
  throw new Error('this service is not part of the test')
}

const operators: Record<string, Role> = {
  tro_viewer: 'viewer',
  tro_operator: 'operator',
  tro_admin: 'admin',
}

/** Knows the tokens `tro_viewer`, `tro_operator`, `tro_admin`, and `trs_` and a client's id. */
const access: Services['access'] = {
  async operator(bearer) {
    const role = operators[bearer]
    return role ? { id: bearer, name: role, role } : refuse('unauthenticated', 'There is no such token.')
  },
  session(bearer) {
    const id = ClientId.safeParse(bearer.replace(/^trs_/, ''))
    return id.success ? id.data : refuse('unauthenticated', 'This is not a session token.')
  },
  issueSession: absent,
  createOperator: absent,
  firstAdmin: absent,
}

/** Knows the cookies `trc_viewer`, `trc_operator`, `trc_admin`, each with the csrf `csrf-` and its role. */
const sessions: Services['sessions'] = {
  async find(cookie) {
    const role = operators[cookie.replace(/^trc_/, 'tro_')]
    if (!role) return refuse('unauthenticated', 'There is no such session.')
    const actor = { id: `tro_${role}`, name: role, role }
    return { id: `session-${role}`, actor, csrf: `csrf-${role}`, expiresAt: AT + 1_000 }
  },
  open: absent,
  look: absent,
  openFor: absent,
  turnAway: absent,
  list: absent,
  end: absent,
}

const services: Services = {
  tasks: { check: absent, create: absent, get: absent, list: absent, change: absent },
  rounds: { trigger: absent, get: absent, list: absent, abandon: absent },
  models: {
    get: absent,
    list: absent,
    weights: absent,
    importWeights: absent,
    rollback: absent,
    maxBytes: absent,
    published: absent,
    upload: absent,
  },
  signer: {
    coordinator: { id: 'coordinator-1', publicKey: EncodedPublicKey.parse('A'.repeat(43)) },
    sign: () => EncodedSignature.parse('A'.repeat(86)),
  },
  clients: {
    invite: absent,
    enrol: absent,
    get: async (id) => aClient(id),
    revoke: absent,
    withdraw: absent,
  },
  access,
  sessions,
  submissions: { receive: absent },
  audit: { list: absent, verify: absent },
  tokens: { operators: absent, revokeOperator: absent, invitations: absent, takeBack: absent },
  fleet: { list: absent, get: absent, rounds: absent, counts: absent },
  insight: { overview: absent, metrics: { page: absent, all: absent }, privacy: absent, system: absent },
  webhooks: {
    create: absent,
    get: absent,
    list: absent,
    delete: absent,
    deliveries: absent,
    redeliver: absent,
    ping: absent,
    failing: absent,
  },
}

export type TestServer = {
  url: string
  /** Everything that was logged, one JSON text a line. */
  logged: string[]
  registry: Registry
  /** `fetch` of a path with a bearer token. */
  ask(path: string, init?: RequestInit & { token?: string }): Promise<Response>
  close(): Promise<void>
}

type Overrides = { [Name in keyof Services]?: Partial<Services[Name]> }

/** The server that `aServer` lets listen, not listening. */
export const anApp = (overrides: Overrides = {}, needs: Partial<HttpNeeds> = {}) => {
  const logged: string[] = []
  const registry = new Registry()
  const app = createHttp({
    services: {
      tasks: { ...services.tasks, ...overrides.tasks },
      rounds: { ...services.rounds, ...overrides.rounds },
      models: { ...services.models, ...overrides.models },
      signer: { ...services.signer, ...overrides.signer },
      clients: { ...services.clients, ...overrides.clients },
      access: { ...services.access, ...overrides.access },
      sessions: { ...services.sessions, ...overrides.sessions },
      submissions: { ...services.submissions, ...overrides.submissions },
      audit: { ...services.audit, ...overrides.audit },
      tokens: { ...services.tokens, ...overrides.tokens },
      fleet: { ...services.fleet, ...overrides.fleet },
      insight: { ...services.insight, ...overrides.insight },
      webhooks: { ...services.webhooks, ...overrides.webhooks },
    },
    clock: { now: () => AT },
    logger: createLogger({ level: 'trace' }, { write: (line) => logged.push(line) }),
    metrics: { registry, access: 'public' },
    ready: async () => ({ ok: true, checks: { store: { ok: true } } }),
    cors: { kind: 'off' },
    trustProxy: false,
    publicUrl: undefined,
    console: { kind: 'off' },
    limits: USUAL_LIMITS,
    oidc: undefined,
    ...needs,
  })
  return { app, logged, registry }
}

export const aServer = async (
  overrides: Overrides = {},
  needs: Partial<HttpNeeds> = {},
): Promise<TestServer> => {
  const { app, logged, registry } = anApp(overrides, needs)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    logged,
    registry,
    ask: (path, { token = 'tro_admin', ...init } = {}) => {
      const headers = new Headers(init.headers)
      if (token !== '') headers.set('authorization', `Bearer ${token}`)
      return fetch(`${url}${path}`, { ...init, headers })
    },
    close: () => app.close(),
  }
}

export const json = (body: unknown): { body: string; headers: Record<string, string> } => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})
