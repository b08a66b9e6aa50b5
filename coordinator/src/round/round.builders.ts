/** Rounds and members for tests: whole values, with what a test is about said and the rest assumed. */
import { ClientId, Digest, ModelVersion, RoundId, TaskId, unreachable } from '@tributary/protocols'
import { EncodedPublicKey } from '@tributary/protocols/crypto'
import type { Member, Receipt } from './member.ts'
import type { RoundPolicy } from './policy.ts'
import type { Abandoned, Aggregating, Completed, Selecting, Tally, Training } from './round.ts'

export const digits = TaskId.parse('digits')
export const digits3 = RoundId.parse('digits.3')
export const publicKey = EncodedPublicKey.parse('A'.repeat(43))

/** Client number `n`; ids are in the order of their numbers. */
export const clientOf = (n: number): ClientId => ClientId.parse(`c-${n.toString(16).padStart(32, '0')}`)
export const digestOf = (n: number): Digest => Digest.parse(`sha256:${n.toString(16).padStart(64, '0')}`)

export const aPolicy = (policy: Partial<RoundPolicy> = {}): RoundPolicy => ({
  target: 4,
  quorum: 3,
  wanted: 6,
  selectionMs: 60_000,
  trainingMs: 600_000,
  stepMs: 60_000,
  ...policy,
})

const head = {
  id: digits3,
  task: digits,
  number: 3,
  base: { version: ModelVersion.parse(7), digest: digestOf(7) },
  assignment: digestOf(1),
  openedAt: 1_000,
}

export const aTally = (tally: Partial<Tally> = {}): Tally => ({
  invited: 6,
  accepted: 0,
  declined: 0,
  failed: 0,
  received: 0,
  ...tally,
})

export const aSelecting = (round: Partial<Selecting> = {}): Selecting => ({
  phase: 'selecting',
  ...head,
  wanted: 6,
  deadlineAt: 61_000,
  ...round,
})

export const aTraining = (tally: Partial<Tally> = {}, round: Partial<Training> = {}): Training => ({
  phase: 'training',
  ...head,
  publicKey,
  tally: aTally(tally),
  startedAt: 2_000,
  deadlineAt: 602_000,
  ...round,
})

export const anAggregating = (tally: Partial<Tally> = {}): Aggregating => ({
  phase: 'aggregating',
  ...head,
  tally: aTally({ received: 4, ...tally }),
  startedAt: 100_000,
})

export const aCompleted = (round: Partial<Completed> = {}): Completed => ({
  phase: 'completed',
  ...head,
  tally: aTally({ received: 4 }),
  version: { version: ModelVersion.parse(8), digest: digestOf(8), bytes: 100 },
  examples: 40,
  metrics: { loss: 0.5 },
  endedAt: 110_000,
  debts: 'owed',
  ...round,
})

export const anAbandoned = (round: Partial<Abandoned> = {}): Abandoned => ({
  phase: 'abandoned',
  ...head,
  tally: aTally({ received: 1 }),
  reason: 'no-quorum',
  detail: '1 of at least 3 updates came before the deadline',
  endedAt: 602_000,
  debts: 'owed',
  ...round,
})

export const aReceipt = (receipt: Partial<Receipt> = {}): Receipt => ({
  envelope: digestOf(99),
  bytes: 200,
  examples: 10,
  metrics: { loss: 0.5 },
  receivedAt: 50_000,
  ...receipt,
})

/** Client 1's row in `digits.3`, from before rows held instants unless some are given. */
export const aMember = (
  status: Member['status'] = 'invited',
  of: Partial<Pick<Member, 'client' | 'round' | 'invitedAt' | 'acceptedAt' | 'since'>> = {},
): Member => {
  const key = { round: digits3, client: clientOf(1), ...of }
  switch (status) {
    case 'invited':
    case 'accepted':
      return { status, ...key }
    case 'declined':
      return { status, ...key, reason: 'busy' }
    case 'failed':
      return { status, ...key, reason: 'training-error' }
    case 'dropped':
      return { status, ...key, reason: 'silent' }
    case 'received':
      return { status, ...key, receipt: aReceipt() }
    default:
      return unreachable(status)
  }
}
