import { type SessionSummary, type SessionView, timestampOf } from '@tributary/protocols/rest'
import type { SessionRecord, SignedIn } from '../../services.ts'

export const sessionView = ({ actor, csrf, expiresAt }: SignedIn): SessionView => ({
  id: actor.id,
  name: actor.name,
  role: actor.role,
  csrf,
  expiresAt: timestampOf(expiresAt),
})

export const sessionSummary = ({
  id,
  actor,
  createdAt,
  seenAt,
  expiresAt,
}: SessionRecord): SessionSummary => ({
  id,
  owner: actor.id,
  name: actor.name,
  role: actor.role,
  createdAt: timestampOf(createdAt),
  seenAt: timestampOf(seenAt),
  expiresAt: timestampOf(expiresAt),
})
