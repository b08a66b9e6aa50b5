/** The paths of version 1, for whoever calls them. */
import type { ClientId, Digest, ModelVersion, RoundId, TaskId } from '../ids.ts'
import { taskOfRound } from '../ids.ts'

const BASE = '/api/v1'

const task = (id: TaskId): string => `${BASE}/tasks/${id}`
const round = (id: RoundId): string => `${task(taskOfRound(id))}/rounds/${id}`
const model = (of: TaskId, version: ModelVersion): string => `${task(of)}/models/${version}`

export const restPaths = {
  openapi: `${BASE}/openapi.json`,
  tasks: `${BASE}/tasks`,
  task,
  rounds: (of: TaskId): string => `${task(of)}/rounds`,
  round,
  abandon: (id: RoundId): string => `${round(id)}/abandon`,
  update: (id: RoundId, client: ClientId): string => `${round(id)}/updates/${client}`,
  models: (of: TaskId): string => `${task(of)}/models`,
  model,
  weights: (of: TaskId, version: ModelVersion): string => `${model(of, version)}/weights`,
  rollback: (of: TaskId): string => `${task(of)}/rollback`,
  blob: (digest: Digest): string => `${BASE}/blobs/${digest}`,
  enrolmentTokens: `${BASE}/enrolment-tokens`,
  operatorTokens: `${BASE}/operator-tokens`,
  clients: `${BASE}/clients`,
  client: (id: ClientId): string => `${BASE}/clients/${id}`,
  audit: `${BASE}/audit`,
} as const
