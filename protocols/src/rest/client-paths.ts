/** The paths of version 1 that clients call: apart from the others, so that an app carries these alone. */
import type { ClientId, Digest, RoundId } from '../ids.ts'
import { taskOfRound } from '../ids.ts'

export const BASE = '/api/v1'

export const clientPaths = {
  clients: `${BASE}/clients`,
  withdrawal: (id: ClientId): string => `${BASE}/clients/${id}/withdrawal`,
  update: (id: RoundId, client: ClientId): string =>
    `${BASE}/tasks/${taskOfRound(id)}/rounds/${id}/updates/${client}`,
  blob: (digest: Digest): string => `${BASE}/blobs/${digest}`,
} as const
