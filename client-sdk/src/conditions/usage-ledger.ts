/** What this device has used, kept under `usage` in the client's records: all tasks of a client together, and all that share its records. */
import type { RoundId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { RecordStore } from '../ports/record-store.ts'
import type { CheckedConditions } from './conditions.ts'
import { budgetObjections, type Objection } from './objections.ts'
import { asksAgain, asOf, Usage, unreadableUsage, unused, withBytes, withRound } from './usage.ts'

export type Budget = Pick<CheckedConditions, 'roundsPerDay' | 'bytesPerMonth'>

/** Each call reads what is kept, and one is done before the next begins. @throws TributaryError `storage-failed`. */
export type UsageLedger = {
  /** As of the present. */
  usage(): Promise<Usage>
  /** Counts the round, durably when it resolves, unless something stands against it. One that was counted before stands. */
  take(round: RoundId): Promise<Objection[]>
  /** Counts the bytes, durably when it resolves, unless they would pass the budget. */
  charge(bytes: Pick<Usage, 'down' | 'up'>): Promise<Objection[]>
}

const RECORD = 'usage'

/** A record of any honest length is far below. */
const MOST_BYTES = 65_536

type Needs = { records: Pick<RecordStore, 'load' | 'save'>; clock: Pick<Clock, 'now'>; budget: Budget }

export const createUsageLedger = ({ records, clock, budget }: Needs): UsageLedger => {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }

  const save = (usage: Usage) => records.save(RECORD, new TextEncoder().encode(JSON.stringify(usage)))

  const load = async (): Promise<Usage> => {
    const bytes = await records.load(RECORD)
    if (!bytes) return unused(clock.now())
    const kept = usageIn(bytes)
    if (kept) return asOf(kept, clock.now())
    // Kept at once: otherwise tomorrow would not know that it is another day.
    const unreadable = unreadableUsage(clock.now())
    await save(unreadable)
    return unreadable
  }

  return {
    usage: () => inTurn(load),
    take: (round) =>
      inTurn(async () => {
        const usage = await load()
        const objections = asksAgain(usage, round)
          ? []
          : budgetObjections(budget, usage, { rounds: 1, bytes: 0 })
        if (objections.length === 0) await save(withRound(usage, round))
        return objections
      }),
    charge: (bytes) =>
      inTurn(async () => {
        const usage = await load()
        const objections = budgetObjections(budget, usage, { rounds: 0, bytes: bytes.down + bytes.up })
        if (objections.length === 0) await save(withBytes(usage, bytes))
        return objections
      }),
  }
}

const usageIn = (bytes: Uint8Array): Usage | undefined => {
  if (bytes.length > MOST_BYTES) return undefined
  try {
    return Usage.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))).data
  } catch {
    return undefined
  }
}
