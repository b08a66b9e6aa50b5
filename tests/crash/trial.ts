/** One coordinator's rounds through a plan of deaths, and what must hold whatever befell it. */
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { verifyAudit } from '@tributary/coordinator'
import { TaskId } from '@tributary/protocols'
import { AuditPage, EnrolmentTokenView, RoundView, restPaths } from '@tributary/protocols/rest'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { referenceFedavg } from '../fleet/reference-fedavg.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import {
  FIXED_CLIENTS,
  FIXED_TENSORS,
  type FixedClient,
  firstWeights,
  fixedClient,
  fixedUpdates,
} from './fixed-clients.ts'
import { granted, insist } from './insist.ts'
import { type KeeperOptions, type Kill, keepAlive } from './keeper.ts'
import { leapingClock } from './leaping-clock.ts'
import type { Doom, Plan } from './plan.ts'
import type { Stage } from './stages.ts'

export type TrialReport = {
  kills: readonly Kill[]
  /** Processes that ended in good order before their death came. */
  stops: number
  /** Deaths that did not come to pass: their boundary was never reached. */
  unmet: readonly Doom[]
  /** The digests of the envelopes that receipts were given for. */
  acknowledged: readonly string[]
  /** The digests of the versions' weights, the first one first. */
  versions: readonly string[]
}

/** What must not be: a promise that was not kept. */
export class Violation extends Error {
  override name = 'Violation'
}

type Options = Pick<KeeperOptions, 'journal' | 'command'> & { stage: Stage; seed: string; plan: Plan }

const TASK = TaskId.parse('fixed')
/** Clients wait for a tenth of what they would; when a coordinator is back they lose no time. */
const HURRY = 10
const LEAP_MS = 5_000
/** For a machine that has a lot else to do. */
const PATIENCE_MS = 300_000

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

    await ask('task', fixedTask(), restPaths.tasks)
    const invitation = EnrolmentTokenView.parse(
      await ask('token', { name: 'fixed', uses: FIXED_CLIENTS }, restPaths.enrolmentTokens),
    )
    const turn = turnsOf(clients, plan)
    for (let number = 0; number < FIXED_CLIENTS; number++) {
      const { trainingMs } = plan
      const client = await fixedClient(number, {
        url: keeper.url,
        seed,
        clock,
        saw: keeper.saw,
        turn,
        trainingMs,
      })
      clients.push(client)
      await insist(() => client.client.enrol(invitation.token), { what: 'enrolment', ...patience })
    }
    await Promise.all(clients.map(({ client }) => client.join()))

    for (let number = 1; number <= plan.rounds; number++) {
      const { id } = RoundView.parse(await ask(`round-${number}`, undefined, restPaths.rounds(TASK)))
      keeper.saw('triggered')
      await completed(operator, id, patience)
    }
    await until('all rounds to be settled', async () => (await place.debts()).length === 0, {
      withinMs: PATIENCE_MS,
      everyMs: 20,
    })
    await Promise.all(rechecks)
    await until('every receipt to be given again', () => standByReceipts(clients), { withinMs: PATIENCE_MS })
    const versions = await insist(() => holds(operator, clients, seed, plan), {
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
      versions,
    }
  } finally {
    await keeper.end().catch(() => {})
    await Promise.all(clients.map(({ client }) => client.leave()))
  }
}

const fixedTask = () =>
  vectorTask({
    id: TASK,
    clients: FIXED_CLIENTS,
    tensors: FIXED_TENSORS,
    selectionSeconds: 86_400,
    trainingSeconds: 86_400,
  })

const turnsOf =
  (clients: readonly FixedClient[], { arrival, trainingMs }: Plan) =>
  async (number: number, round: string): Promise<void> => {
    const before = arrival === 'in-turn' ? clients[number - 1] : undefined
    const isIn = () => before?.acknowledged.some(({ receipt }) => receipt.round === round) ?? true
    await until(`client ${number}'s turn`, isIn, { withinMs: PATIENCE_MS })
    await delay((trainingMs * number) / FIXED_CLIENTS)
  }

const completed = (operator: Operator, id: RoundView['id'], { check }: { check(): void }) =>
  until(
    `${id} to be completed`,
    async () => {
      check()
      const round = await operator.round(id).catch(() => undefined) // it may be down at present
      if (round?.phase === 'abandoned') throw new Violation(`${id} was abandoned: ${round.detail}`)
      return round?.phase === 'completed'
    },
    { withinMs: PATIENCE_MS, everyMs: 10 },
  )

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

/** Every round counted every client once, every version is what its round's updates make, and the log is whole. */
const holds = async (
  operator: Operator,
  clients: readonly FixedClient[],
  seed: string,
  { rounds }: Plan,
): Promise<readonly string[]> => {
  for (const { id, complaints } of clients)
    if (complaints.length > 0) throw new AggregateError(complaints, `client ${id} complained`)
  const ids = clients.map(({ id }) => id)
  const versions = await operator.models(TASK)
  let weights: Float32Array = firstWeights()
  const made = [digestOfWeights(weights)]
  for (let number = 1; number <= rounds; number++) {
    const round = await operator.round(`${TASK}.${number}`)
    const received = round.members.filter(({ status }) => status === 'received').map(({ client }) => client)
    expectEqual(`the updates of ${round.id}`, received, ids.toSorted())
    weights = referenceFedavg(weights, fixedUpdates(seed, ids, round.id, weights))
    made.push(digestOfWeights(weights))
  }
  expectEqual(
    'the versions',
    versions.map((model) => [model.version, model.weights.digest]),
    made.map((weights, i) => [i + 1, weights]),
  )
  const log = AuditPage.parse(granted(await operator.call('GET', `${restPaths.audit}?limit=200`)))
  const verdict = verifyAudit(log.items.map((record) => ({ ...record, at: Date.parse(record.at) })))
  if (log.nextCursor !== null || verdict.kind !== 'intact')
    throw new Violation(`the audit log is ${JSON.stringify(verdict)}`)
  return made
}

const digestOfWeights = (values: Float32Array) =>
  digestOf(encodeSafetensors({ tensors: FIXED_TENSORS, values }))

const expectEqual = (what: string, actual: unknown, expected: unknown) => {
  if (!isDeepStrictEqual(actual, expected))
    throw new Violation(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)
}
