/**
 * Withdrawing: out of all tasks, everything of this client on this device erased, and the coordinator told. A statement for it is signed
 * before the key goes, and is all that is kept; it is handed in when the network is there. What a crash leaves is finished at the next start.
 */
import '../participation/lazily.ts'
import type { Clock } from '@tributary/protocols/runtime'
import type { Gate } from '../attendance/gate.ts'
import type { Siblings } from '../ports/siblings.ts'
import { eraseEverything, type Failure, failuresOf } from './erasure.ts'
import { tellWithdrawal } from './tell-withdrawal.ts'
import type { Statement, WithdrawalNeeds, WithdrawalRecord } from './withdrawal-needs.ts'

export { withdrawalNeeds } from './withdrawal-needs.ts'

/** `later`: the coordinator could not be reached, and is told when it can be. */
export type Withdrawn = { told: 'yes' | 'later' }

/** A training that does not heed its signal is not waited for, nor an enrolment that is not answered. */
const LEAVING_MS = 5_000
/** Nor is an instance that hangs, or a page that is none of the app's and keeps the turn to itself. */
const TURN_MS = 60_000
const TELL_AGAIN = { firstMs: 5_000, mostMs: 3_600_000 }

/** One instance erases at a time, and the next finds what that one has left. */
export const inTurn = async <T>(
  { siblings, clock }: { siblings: Pick<Siblings, 'inTurn'> | undefined; clock: Clock },
  work: () => Promise<T>,
): Promise<T> => {
  let working: Promise<T> | undefined
  const once = (): Promise<T> => {
    working ??= work()
    return working
  }
  if (siblings) await atMost(TURN_MS, clock, siblings.inTurn(once))
  return once()
}

/** Consent has been withdrawn already: nothing new begins. Other instances hear of it, and have let go of their turn when they have left. */
export const withdraw = async (needs: WithdrawalNeeds): Promise<Withdrawn> => {
  await atMost(LEAVING_MS, needs.clock, needs.admitted())
  const turn = Promise.withResolvers<void>()
  let giveBack = () => {}
  try {
    return await erase(needs, (client) => {
      const gate = client && needs.turnOf(client)
      if (gate) giveBack = taking(gate, turn.resolve)
      else turn.resolve()
      return atMost(LEAVING_MS, needs.clock, Promise.all([needs.leaveAll(), turn.promise]))
    })
  } finally {
    giveBack()
  }
}

/** Goes on with what an earlier start has left. */
export const resumeWithdrawal = async (needs: WithdrawalNeeds): Promise<void> => {
  const record = await needs.record.load()
  // One that cannot be read was of a withdrawal: where nobody has agreed anew since, it is done once more.
  const step = record?.step ?? ((await needs.consent.whenRead()) === 'withdrawn' ? 'erasing' : 'telling')
  if (step === 'telling') return void tell(needs, { step, statements: record?.statements ?? [] })
  needs.consent.withdraw()
  // Nobody takes part before this is done.
  await erase(needs, async () => {})
}

/** Asks for the turn, and keeps it until the function that is returned is called. */
const taking = (gate: Gate, taken: () => void): (() => void) =>
  gate.watch((shut) => {
    if (!shut) taken()
  })

const erase = async (
  needs: WithdrawalNeeds,
  leave: (client: Statement['client'] | undefined) => Promise<void>,
): Promise<Withdrawn> => {
  const { record, consent } = needs
  const failures: Failure[] = []
  const noting = async (what: string, work: () => Promise<unknown>) =>
    failures.push(...(await failuresOf({ [what]: work })))

  const statements = [...((await record.load().catch(() => undefined))?.statements ?? [])]
  // Before the key is asked for: a store that answers late, or never, is not to keep a no from being kept.
  await noting('that it has withdrawn', () => record.save({ step: 'erasing', statements }))
  await noting('that it has withdrawn', () => consent.keepWithdrawn())
  let client: Statement['client'] | undefined
  await noting('the statement for the coordinator', async () => {
    const statement = await needs.statement()
    client = statement?.client
    if (!statement || statements.some(({ client }) => client === statement.client)) return
    statements.push(statement)
    await record.save({ step: 'erasing', statements })
  })
  await leave(client)
  failures.push(...(await eraseEverything(needs.stores, needs.spared)))
  needs.forget()

  const next: WithdrawalRecord = { step: failures.length === 0 ? 'telling' : 'erasing', statements }
  // Where even this cannot be written down, all of it is done once more at the next start.
  await failuresOf({ 'that it is erased': () => record.save(next) })
  const told = await tell(needs, next)
  if (failures.length > 0) throw incomplete(needs, failures)
  return { told: told ? 'yes' : 'later' }
}

/** Hands in what there is, and again later what could not be. Resolves with whether all of it is done. */
const tell = async (needs: WithdrawalNeeds, given: WithdrawalRecord, attempt = 0): Promise<boolean> => {
  const { clock, record, tellingAgain } = needs
  const told = new Set<string>()
  for (const statement of given.statements)
    if ((await tellWithdrawal(needs, statement)) === 'told') told.add(statement.client)
  // Another withdrawal may have written down its own meanwhile.
  const { step, statements } = (await record.load().catch(() => undefined)) ?? given
  const left = statements.filter(({ client }) => !told.has(client))
  // A store that fails keeps what was told already: told again it changes nothing.
  await failuresOf({
    'what is left to tell': () =>
      left.length === 0 && step === 'telling' ? record.erase() : record.save({ step, statements: left }),
  })
  if (left.length === 0) return true
  const waitMs = Math.min(TELL_AGAIN.mostMs, TELL_AGAIN.firstMs * 2 ** Math.min(attempt, 20))
  tellingAgain.cancel?.()
  tellingAgain.cancel = clock.wakeAt(clock.now() + waitMs * (0.5 + 0.5 * needs.chance()), () => {
    void tell(needs, { step, statements: left }, attempt + 1)
  })
  return false
}

const incomplete = ({ storageFailed }: WithdrawalNeeds, failures: readonly Failure[]): Error =>
  storageFailed(
    {
      problem: `the client has withdrawn, and not all of it could be erased: ${failures.map(({ what }) => what).join(', ')}`,
      remedy: 'Call withdraw() again once the storage works; it is tried at the next start too',
    },
    new AggregateError(failures.map(({ cause }) => cause)),
  )

const atMost = (ms: number, clock: Clock, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.wakeAt(clock.now() + ms, resolve)
    const done = () => {
      cancel()
      resolve()
    }
    void work.then(done, done)
  })
