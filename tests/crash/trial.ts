/** One coordinator's rounds through a plan of deaths, and what must hold whatever befell it. */
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { EnrolmentTokenView, type RoundDetail, RoundView, restPaths } from '@tributary/protocols/rest'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { until } from '../fleet/until.ts'
import { clientsOf, type FixedClient, fixedClient, type Training } from './fixed-clients.ts'
import { fixedTask, TASK } from './fixed-task.ts'
import { granted, insist } from './insist.ts'
import { type KeeperOptions, type Kill, keepAlive } from './keeper.ts'
import { leapingClock } from './leaping-clock.ts'
import type { Doom, Plan } from './plan.ts'
import type { Stage } from './stages.ts'
import { holds, mayBeAbandonedFor, Violation } from './what-holds.ts'

export type TrialReport = {
  kills: readonly Kill[]
  /** Processes that ended in good order before their death came. */
  stops: number
  /** Deaths that did not come to pass: their boundary was never reached. */
  unmet: readonly Doom[]
  /** The digests of the envelopes that receipts were given for. */
  acknowledged: readonly string[]
  /** How each round ended: `completed`, or the word that it was abandoned for. */
  outcomes: readonly string[]
  /** The digests of the versions' weights, the first one first. */
  versions: readonly string[]
}

type Options = Pick<KeeperOptions, 'journal' | 'command'> & { stage: Stage; seed: string; plan: Plan }

/** Clients wait for a tenth of what they would; when a coordinator is back they lose no time. */
const HURRY = 10
const LEAP_MS = 5_000
/** For a machine that has a lot else to do. */
const PATIENCE_MS = 900_000

/** @throws Violation, or whatever else went wrong. */
export const runTrial = async ({ stage, seed, plan, ...running }: Options): Promise<TrialReport> => {
  await using place = await stage.place()
  const clock = leapingClock(HURRY)
  const clients: FixedClient[] = []
  const rechecks: Promise<boolean>[] = []
  const keeper = await keepAlive({
    place,
    dooms: plan.dooms,
    listening() {
      clock.leap(LEAP_MS)
      rechecks.push(standByReceipts(clients))
      rechecks.at(-1)?.catch(() => {}) // awaited at the end
    },
    ...running,
  })
  try {
    const operator = operatorOf(keeper.url, place.adminToken)
    const patience = { check: keeper.check, withinMs: PATIENCE_MS }
    const ask = (what: string, body: unknown, path: string) =>
      insist(async () => granted(await operator.call('POST', path, body, { 'idempotency-key': what })), {
        what,
        ...patience,
      })

    await ask('task', fixedTask(plan), restPaths.tasks)
    const invitation = EnrolmentTokenView.parse(
      await ask('token', { name: 'fixed', uses: clientsOf(plan.privacy) }, restPaths.enrolmentTokens),
    )
    const turn = turnsOf(clients, plan)
    const count = clientsOf(plan.privacy)
    for (let number = 0; number < count; number++) {
      const client = await fixedClient(number, {
        url: keeper.url,
        seed,
        clock,
        saw: keeper.saw,
        turn,
        keysShared: (training) => keysShared(operator, training),
        privacy: plan.privacy,
      })
      clients.push(client)
      await insist(() => client.client.enrol(invitation.token), { what: 'enrolment', ...patience })
    }
    await Promise.all(clients.map(({ client }) => client.join()))

    const outcomes: string[] = []
    for (let number = 1; number <= plan.rounds; number++) {
      const { id } = RoundView.parse(await ask(`round-${number}`, undefined, restPaths.rounds(TASK)))
      keeper.saw('triggered')
      outcomes.push(await outcomeOf(operator, id, { plan, clients, check: keeper.check }))
    }
    await until('all rounds to be settled', async () => (await place.debts()).length === 0, {
      withinMs: PATIENCE_MS,
      everyMs: 20,
    })
    await Promise.all(rechecks)
    await until('every receipt to be given again', () => standByReceipts(clients), { withinMs: PATIENCE_MS })
    const versions = await insist(() => holds({ operator, place, clients, seed, plan }), {
      what: 'the end',
      ...patience,
    })
    const { unmet, stops } = await keeper.end()
    return {
      kills: keeper.kills,
      stops,
      unmet,
      acknowledged: clients.flatMap(({ acknowledged }) => [
        ...new Set(acknowledged.map(({ receipt }) => receipt.envelope)),
      ]),
      outcomes,
      versions,
    }
  } finally {
    await keeper.end().catch(() => {})
    await Promise.all(clients.map((client) => client.end()))
  }
}

const turnsOf =
  (clients: readonly FixedClient[], { arrival, trainingMs, privacy }: Plan) =>
  async (number: number, { round, signal }: Training): Promise<void> => {
    const before = arrival === 'in-turn' ? clients[number - 1] : undefined
    const isNext = () => {
      signal.throwIfAborted() // whoever it waits for may never come: a client has one training at a time
      return before?.isDoneWith(round) ?? true
    }
    await until(`client ${number}'s turn`, isNext, { withinMs: PATIENCE_MS })
    await delay((trainingMs * number) / clientsOf(privacy))
  }

/** Vectors are waited for, or that is over. */
const keysShared = async (operator: Operator, { round: id, signal }: Training): Promise<void> => {
  const isPast = async () => {
    signal.throwIfAborted()
    const round = await operator.round(id).catch(() => undefined) // it may be down at present
    return (
      round && !(round.phase === 'training' && (round.step === 'advertising' || round.step === 'sharing'))
    )
  }
  await until(`the keys of ${id} to be shared`, isPast, { withinMs: PATIENCE_MS, everyMs: 20 })
}

/** How the round ended; a violation where it must not have ended so. */
const outcomeOf = async (
  operator: Operator,
  id: RoundView['id'],
  { plan, clients, check }: { plan: Plan; clients: readonly FixedClient[]; check(): void },
): Promise<string> => {
  let last: RoundDetail | undefined
  const look = async () => {
    check()
    const round = await operator.round(id).catch(() => undefined) // it may be down at present
    last = round ?? last
    if (round?.phase !== 'abandoned') return round?.phase === 'completed' && round.phase
    if (mayBeAbandonedFor(plan.privacy).includes(round.reason)) return round.reason
    throw new Violation(`${id} was abandoned (${round.reason}): ${round.detail}`)
  }
  try {
    return await until(`${id} to end`, look, { withinMs: PATIENCE_MS, everyMs: 10 })
  } catch (error) {
    if (error instanceof Violation) throw error
    check() // what befell the coordinator says more
    const at = JSON.stringify({ last, clients: clients.map(({ id, client }) => [id, client.state]) })
    throw new Error(`${id} did not end: ${at}`, { cause: error })
  }
}

/** A coordinator that is back answers every update that was acknowledged before as it did then; false where it died again. */
const standByReceipts = async (clients: readonly FixedClient[]): Promise<boolean> => {
  for (const { acknowledged, repeat } of clients)
    for (const { upload, receipt } of [...acknowledged]) {
      const answer = await repeat(upload)
      if (answer.kind === 'interrupted') return false
      if (answer.kind !== 'received' || !isDeepStrictEqual(answer.receipt, receipt))
        throw new Violation(
          `an acknowledged update was lost: ${JSON.stringify(receipt)}, and then ${JSON.stringify(answer)}`,
        )
    }
  return true
}
