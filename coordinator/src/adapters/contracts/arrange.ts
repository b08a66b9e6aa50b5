/** Records to fill a store with. Each builder makes a valid one; what a test is about is passed in. */
import { createHash, randomBytes } from 'node:crypto'
import { ClientId, Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { EncodedNonce, EncodedSignature, encodePublicKey } from '@tributary/protocols/crypto'
import { PrivacyLedger } from '@tributary/protocols/privacy'
import type { Row } from '@tributary/protocols/secagg'
import { TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import type {
  AuditEntry,
  Client,
  ConsoleSession,
  ModelRecord,
  Occurrence,
  Origin,
  Reply,
  RoundKey,
  Task,
  Token,
  Webhook,
} from '../../ports/records.ts'
import type { Member } from '../../round/member.ts'
import type { Abandoned, Aggregating, Completed, KeptState, Selecting, Training } from '../../round/round.ts'

export const NOON = Date.UTC(2026, 0, 15, 12)

export const aTaskId = (id = 'digits'): TaskId => TaskId.parse(id)

export const aRoundId = (task = 'digits', number = 1): RoundId => RoundId.parse(`${task}.${number}`)

export const aVersion = (version: number): ModelVersion => ModelVersion.parse(version)

/** The client ids in order of `index`: ids sort by their hex digits. */
export const aClientId = (index = 0): ClientId => ClientId.parse(`c-${index.toString(16).padStart(32, '0')}`)

export const aDigest = (of: string | Uint8Array = 'weights'): Digest =>
  Digest.parse(`sha256:${createHash('sha256').update(of).digest('hex')}`)

export const aTask = (
  id = 'digits',
  more: Partial<Omit<Task, 'file'>> & { file?: Partial<TaskFileInput> } = {},
): Task => ({
  id: aTaskId(id),
  assignment: { digest: aDigest('assignment'), bytes: 512 },
  status: 'active',
  createdAt: NOON,
  ...more,
  file: TaskFile.parse({
    id,
    model: {
      format: 'custom',
      trainer: 'linear',
      tensors: [{ name: 'w', shape: [3, 2], dtype: 'F32' }],
      initial: { kind: 'seeded', seed: 7 },
    },
    plan: {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'softmax-cross-entropy',
    },
    cohort: { target: 10, quorum: 5 },
    ...more.file,
  }),
})

const head = (task: string, number: number) => ({
  id: aRoundId(task, number),
  task: aTaskId(task),
  number,
  base: { version: aVersion(1), digest: aDigest() },
  assignment: aDigest('assignment'),
  openedAt: NOON + number,
})

const tally = { invited: 10, accepted: 8, declined: 1, failed: 1, received: 6 }

export const aSelecting = (task = 'digits', number = 1): Selecting => ({
  phase: 'selecting',
  ...head(task, number),
  wanted: 10,
  deadlineAt: NOON + 60_000,
})

export const aTraining = (task = 'digits', number = 1): Training => ({
  phase: 'training',
  ...head(task, number),
  publicKey: encodePublicKey(new Uint8Array(32).fill(9)),
  tally,
  startedAt: NOON + 1_000,
  deadlineAt: NOON + 600_000,
})

export const anAggregating = (task = 'digits', number = 1): Aggregating => ({
  phase: 'aggregating',
  ...head(task, number),
  tally,
  startedAt: NOON + 2_000,
})

export const aCompleted = (
  task = 'digits',
  number = 1,
  debts: Completed['debts'] = 'settled',
): Completed => ({
  phase: 'completed',
  ...head(task, number),
  tally,
  version: { version: aVersion(number + 1), digest: aDigest(`weights ${number + 1}`), bytes: 24 },
  examples: 600,
  metrics: { loss: 0.25, accuracy: 0.875 },
  endedAt: NOON + 3_000,
  debts,
})

export const anAbandoned = (
  task = 'digits',
  number = 1,
  debts: Abandoned['debts'] = 'settled',
): Abandoned => ({
  phase: 'abandoned',
  ...head(task, number),
  tally,
  reason: 'no-quorum',
  detail: '3 of the 5 updates needed came in time',
  endedAt: NOON + 3_000,
  debts,
})

export const anInvited = (index = 0, round = aRoundId()): Member => ({
  status: 'invited',
  round,
  client: aClientId(index),
})

export const aReceived = (index = 0, round = aRoundId()): Member => ({
  status: 'received',
  round,
  client: aClientId(index),
  receipt: {
    envelope: aDigest(`envelope ${index}`),
    bytes: 400_000,
    examples: 60,
    metrics: { loss: 0.5, accuracy: 0.75 },
    receivedAt: NOON + index,
  },
})

export const aModel = (task = 'digits', version = 1, more: Partial<ModelRecord> = {}): ModelRecord => ({
  task: aTaskId(task),
  version: aVersion(version),
  parent: version === 1 ? null : aVersion(version - 1),
  weights: { digest: aDigest(`weights ${version}`), bytes: 24 },
  assignment: aDigest('assignment'),
  origin: { kind: 'initial', seed: 7 },
  createdAt: NOON + version,
  ...more,
})

/** Where the version that a round made comes from. */
export const anOriginOf = (round: RoundId): Extract<Origin, { kind: 'round' }> => ({
  kind: 'round',
  round,
  examples: 600,
  metrics: { loss: 0.1 },
})

/** What a strategy leaves with a version: FedAdam's moments, and a number. */
export const aKeptState = (): KeptState => ({
  numbers: { clipNorm: 0.1 },
  vectors: { digest: aDigest('moments'), bytes: 48 },
})

export const aRoundKey = (round = aRoundId(), more: Partial<RoundKey> = {}): RoundKey => ({
  round,
  publicKey: encodePublicKey(new Uint8Array(32).fill(9)),
  sealedSecret: randomBytes(72),
  ...more,
})

export const aClient = (index = 0, more: Partial<Client> = {}): Client => ({
  id: aClientId(index),
  publicKey: encodePublicKey(createHash('sha256').update(`client ${index}`).digest()),
  status: 'active',
  enrolledAt: NOON + index,
  enrolledBy: 'tok-phones',
  ...more,
})

export const anOperatorToken = (
  id = 'tok-ada',
  more: Partial<Extract<Token, { kind: 'operator' }>> = {},
): Token => ({
  kind: 'operator',
  id,
  hash: hex(`secret of ${id}`),
  name: 'Ada',
  role: 'admin',
  status: 'active',
  createdAt: NOON,
  ...more,
})

/** Of a browser to which Ada showed her token. */
export const aConsoleSession = (id = 'session-ada', more: Partial<ConsoleSession> = {}): ConsoleSession => ({
  id,
  hash: hex(`cookie of ${id}`),
  of: { kind: 'token', token: 'tok-ada' },
  createdAt: NOON,
  seenAt: NOON,
  expiresAt: NOON + 43_200_000,
  ...more,
})

/** Of a person whom an identity provider named. */
export const aPersonsSession = (id = 'session-eve', more: Partial<ConsoleSession> = {}): ConsoleSession =>
  aConsoleSession(id, {
    of: { kind: 'oidc', subject: 'eve@idp', name: 'Eve “<b>” 日本', role: 'viewer', terms: hex('terms') },
    ...more,
  })

export const anEnrolmentToken = (
  id = 'tok-phones',
  more: Partial<Extract<Token, { kind: 'enrolment' }>> = {},
): Token => ({
  kind: 'enrolment',
  id,
  hash: hex(`secret of ${id}`),
  name: 'phones',
  usesLeft: 2,
  expiresAt: NOON + 86_400_000,
  createdAt: NOON,
  ...more,
})

export const aReply = (more: Partial<Reply> = {}): Reply => ({
  scope: 'tok-ada POST /api/v1/tasks',
  key: 'k-1',
  request: hex('body'),
  resource: 'digits',
  at: NOON,
  ...more,
})

export const anEntry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: NOON,
  actor: 'Ada',
  action: 'create-task',
  subject: 'digits',
  detail: {},
  ...more,
})

export const hex = (of: string): string => createHash('sha256').update(of).digest('hex')

/** A client's word in a session: that it is not content. */
export const aSessionRow = (index = 0): Row => ({
  client: aClientId(index),
  message: {
    type: 'secagg-confirm',
    round: aRoundId('digits', 1),
    session: EncodedNonce.parse('A'.repeat(43)),
    signature: EncodedSignature.parse('A'.repeat(86)),
  },
})

/** Of one of several groups, or of a round that has one alone. */
export const aSessionRecord = (group?: number): Row => ({
  type: 'secagg-session',
  session: EncodedNonce.parse('A'.repeat(43)),
  ...(group !== undefined && { group }),
  clients: [aClientId(0), aClientId(1)],
  seedPart: EncodedNonce.parse('A'.repeat(43)),
  graphSeed: EncodedNonce.parse('A'.repeat(43)),
  degree: 1,
  threshold: 2,
  leaves: 'A'.repeat(86),
  signature: EncodedSignature.parse('A'.repeat(86)),
})

/** The ledger of a task of which so many rounds were charged. */
export const aLedger = (rounds = 1): PrivacyLedger =>
  PrivacyLedger.parse({
    version: 1,
    budget: { epsilon: 8, delta: 1e-5 },
    rule: { rule: 'participations', participation: { most: 3 }, relation: 'zero-out' },
    charged: [{ noise: { kind: 'gaussian', multiplier: 1 }, rounds: [{ first: 1, last: rounds }] }],
  })

export const aWebhook = (digit = 'a', more: Partial<Webhook> = {}): Webhook => ({
  id: `wh_${digit.repeat(24)}`,
  url: 'https://hooks.example/in?for=tributary',
  name: 'the chat',
  events: ['round.completed', 'round.abandoned'],
  task: null,
  sealedSecret: 'c2VhbGVk',
  createdAt: NOON,
  ...more,
})

export const anOccurrence = (more: Partial<Occurrence> = {}): Occurrence => ({
  id: `msg_${hex(`${more.event} ${more.subject} ${more.at}`).slice(0, 32)}`,
  event: 'round.completed',
  subject: 'digits.1',
  task: aTaskId(),
  at: NOON + 0.5,
  body: '{"type":"round.completed"}',
  ...more,
})
