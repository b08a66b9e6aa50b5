/** Conditions at work: what the device is like is a gate, what it has used answers invitations and transfers. */
import '../participation/lazily.ts'
import type { Digest, Instant, RoundId } from '@tributary/protocols'
import type { DeclineReason, Invitation } from '@tributary/protocols/messages'
import type { Clock } from '@tributary/protocols/runtime'
import type { Gate } from '../attendance/gate.ts'
import type { Bulk } from '../ports/bulk.ts'
import type { Circumstances } from '../ports/circumstances.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Trainer } from '../training/trainer.ts'
import { type CheckedConditions, countsExamples } from './conditions.ts'
import { conditionsGate } from './conditions-gate.ts'
import { eitherOf, NOTHING_TOLD } from './either-circumstances.ts'
import { meteredBulk } from './metered-bulk.ts'
import { budgetObjections } from './objections.ts'
import { endOfDay, endOfMonth } from './usage.ts'
import { createUsageLedger } from './usage-ledger.ts'

export { checkedConditions } from './conditions.ts'

/** What a device has used by its client, as an app may show it. Times are when the counting begins anew. */
export type UsageReport = {
  today: { rounds: number; until: Instant }
  /** Bytes of models and updates. */
  month: { down: number; up: number; until: Instant }
  /** What stands against a further round: sentences for people, and when time ends it. */
  objections: { detail: string; until: Instant | undefined }[]
}

export type Politeness = {
  gate: Gate
  bulk: Bulk
  /** Why this round is not for this client, before anything is downloaded. */
  objectionTo(invited: Invited): Promise<DeclineReason | undefined>
  /** Counts a round that is about to be accepted, durably; or says why it is not to be. */
  take(round: RoundId): Promise<DeclineReason | undefined>
  /** @throws TributaryError `storage-failed`. */
  usage(): Promise<UsageReport>
}

/** `held`: digest of the weights that are there already. */
export type Invited = {
  invitation: Pick<Invitation, 'model' | 'assignment' | 'carried'>
  held: Digest | undefined
  trainer: Trainer
}

export type PolitenessNeeds = {
  conditions: CheckedConditions
  /** Who tells of the device; of several who know, the first. */
  told: readonly Circumstances[]
  records: RecordStore
  bulk: Bulk
  clock: Clock
}

export const createPoliteness = (needs: PolitenessNeeds): Politeness => {
  const { conditions, told, clock } = needs
  const circumstances = told.reduce(eitherOf, NOTHING_TOLD)
  const ledger = createUsageLedger({ ...needs, budget: conditions })
  return {
    gate: conditionsGate({ conditions, circumstances, clock }),
    bulk: meteredBulk({
      bulk: needs.bulk,
      charge: ledger.charge,
      offline: () => circumstances.known().online === false,
    }),
    async objectionTo({ invitation, held, trainer }) {
      const { minExamples } = conditions
      if (minExamples !== undefined) {
        const examples = countsExamples(trainer) ? await trainer.countExamples() : 0
        // Not a number is not enough either.
        if (!(examples >= minExamples)) return 'no-data'
      }
      const asked = { rounds: 0, bytes: expectedBytes(invitation, held) }
      return budgetObjections(conditions, await ledger.usage(), asked).length > 0 ? 'conditions' : undefined
    },
    async take(round) {
      return (await ledger.take(round)).length > 0 ? 'conditions' : undefined
    },
    async usage() {
      const usage = await ledger.usage()
      const objections = budgetObjections(conditions, usage, { rounds: 1, bytes: 1 })
      return {
        today: { rounds: usage.rounds, until: endOfDay(usage.at) },
        month: { down: usage.down, up: usage.up, until: endOfMonth(usage.at) },
        objections: objections.map(({ detail, until }) => ({ detail, until })),
      }
    },
  }
}

/** Room for an envelope's frames and for what an update says of itself. */
const UPDATE_OVERHEAD_BYTES = 4_096

/** What a round costs at most, as far as its invitation tells: the model down, and an update of its size up; both twice where clients carry a vector. */
const expectedBytes = (
  { model, assignment, carried }: Pick<Invitation, 'model' | 'assignment' | 'carried'>,
  held: Digest | undefined,
): number => {
  const down = (held === model.digest ? 0 : model.bytes) + assignment.bytes + (carried?.control?.bytes ?? 0)
  const up = model.bytes * (carried ? 2 : 1) + UPDATE_OVERHEAD_BYTES
  return down + up
}
