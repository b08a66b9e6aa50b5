import type { RoundId } from '@tributary/protocols'
import type { AuditEntry, ModelRecord } from '../ports/records.ts'
import type { Change } from '../ports/store.ts'
import type { Member } from '../round/member.ts'
import type { Completed, Round } from '../round/round.ts'
import type { Happening } from './happening.ts'

/** Everything that a decision about a round makes true, to be saved together or not at all. */
export const changesOf = (before: Round, round: Round, members: readonly Member[], at: number): Change[] => {
  const changes: Change[] = [
    { kind: 'save-round', round },
    ...members.map((member): Change => ({ kind: 'save-member', member })),
  ]
  if (round.phase === 'completed' && before.phase !== 'completed')
    changes.push({ kind: 'insert-model', model: versionOf(round) })
  if (round.phase !== before.phase) changes.push({ kind: 'append-audit', entry: audited(round, at) })
  return changes
}

/** What the audit log is to say of who asked for it, in the commit of what was decided; nothing where nobody did. */
export const requestedBy = (happening: Happening, round: RoundId, at: number): Change[] =>
  happening.type === 'abandon-requested'
    ? [
        {
          kind: 'append-audit',
          entry: {
            at,
            actor: happening.by,
            action: 'round.abandon',
            subject: round,
            detail: { reason: happening.detail },
          },
        },
      ]
    : []

/** The model version that a completed round brings into being. */
const versionOf = (round: Completed): ModelRecord => ({
  task: round.task,
  version: round.version.version,
  parent: round.base.version,
  weights: { digest: round.version.digest, bytes: round.version.bytes },
  assignment: round.assignment,
  origin: {
    kind: 'round',
    round: round.id,
    examples: round.examples,
    metrics: round.metrics,
    ...(round.privacy && { privacy: round.privacy }),
    ...(round.state && { state: round.state }),
  },
  createdAt: round.endedAt,
})

const audited = (round: Round, at: number): AuditEntry => ({
  at,
  actor: 'coordinator',
  action: `round.${round.phase}`,
  subject: round.id,
  detail:
    round.phase === 'completed'
      ? { version: round.version.version, digest: round.version.digest, updates: round.tally.received }
      : round.phase === 'abandoned'
        ? { reason: round.reason, updates: round.tally.received }
        : {},
})
