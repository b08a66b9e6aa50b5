/** The paths of version 1, for whoever calls them. */
import type { ClientId, ModelVersion, RoundId, TaskId } from '../ids.ts'
import { taskOfRound } from '../ids.ts'
import { BASE, clientPaths } from './client-paths.ts'

const task = (id: TaskId): string => `${BASE}/tasks/${id}`
const round = (id: RoundId): string => `${task(taskOfRound(id))}/rounds/${id}`
const model = (of: TaskId, version: ModelVersion): string => `${task(of)}/models/${version}`

export const restPaths = {
  ...clientPaths,
  openapi: `${BASE}/openapi.json`,
  tasks: `${BASE}/tasks`,
  task,
  taskChecks: `${BASE}/task-checks`,
  taskMetrics: (of: TaskId): string => `${task(of)}/metrics`,
  taskMetricsCsv: (of: TaskId): string => `${task(of)}/metrics.csv`,
  taskPrivacy: (of: TaskId): string => `${task(of)}/privacy`,
  rounds: (of: TaskId): string => `${task(of)}/rounds`,
  round,
  abandon: (id: RoundId): string => `${round(id)}/abandon`,
  models: (of: TaskId): string => `${task(of)}/models`,
  model,
  weights: (of: TaskId, version: ModelVersion): string => `${model(of, version)}/weights`,
  rollback: (of: TaskId): string => `${task(of)}/rollback`,
  enrolmentTokens: `${BASE}/enrolment-tokens`,
  enrolmentToken: (id: string): string => `${BASE}/enrolment-tokens/${id}`,
  operatorToken: (id: string): string => `${BASE}/operator-tokens/${id}`,
  operatorTokens: `${BASE}/operator-tokens`,
  client: (id: ClientId): string => `${BASE}/clients/${id}`,
  clientRounds: (id: ClientId): string => `${BASE}/clients/${id}/rounds`,
  audit: `${BASE}/audit`,
  auditVerification: `${BASE}/audit/verification`,
  overview: `${BASE}/overview`,
  system: `${BASE}/system`,
  session: `${BASE}/session`,
  sessions: `${BASE}/sessions`,
  consoleSession: (id: string): string => `${BASE}/sessions/${id}`,
  signIn: `${BASE}/sign-in`,
  webhooks: `${BASE}/webhooks`,
  webhook: (id: string): string => `${BASE}/webhooks/${id}`,
  deliveries: (id: string): string => `${BASE}/webhooks/${id}/deliveries`,
  redeliver: (id: string, delivery: string): string =>
    `${BASE}/webhooks/${id}/deliveries/${delivery}/redeliver`,
  pingWebhook: (id: string): string => `${BASE}/webhooks/${id}/ping`,
} as const
