/** What must hold once a trial's rounds are over, whatever befell them. */
import { isDeepStrictEqual } from 'node:util'
import { verifyAudit } from '@tributary/coordinator'
import { AuditPage, type RoundDetail, restPaths } from '@tributary/protocols/rest'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import type { Operator } from '../fleet/operator.ts'
import { referenceFedavg } from '../fleet/reference-fedavg.ts'
import { FIXED_TENSORS, type FixedClient, firstWeights, fixedUpdates } from './fixed-clients.ts'
import { TASK } from './fixed-task.ts'
import { granted } from './insist.ts'
import type { Plan, Privacy } from './plan.ts'
import { objectionToSum } from './secure-sum.ts'
import type { Place } from './stages.ts'

/** What must not be: a promise that was not kept. */
export class Violation extends Error {
  override name = 'Violation'
}

type Ended = {
  operator: Operator
  place: Pick<Place, 'ledger'>
  clients: readonly FixedClient[]
  seed: string
  plan: Plan
}

/**
 * Every round counted whom it was to count, every version is what its round's updates make, the ledger was charged once a round, and the log is whole.
 * Gives the digests of the versions' weights, the first one first.
 */
export const holds = async (ended: Ended): Promise<readonly string[]> => {
  const { operator, clients, plan } = ended
  for (const { id, complaints } of clients)
    if (complaints.length > 0) throw new AggregateError(complaints, `client ${id} complained`)
  const made = [digestOfWeights(firstWeights())]
  let base: Float32Array = firstWeights()
  for (let number = 1; number <= plan.rounds; number++) {
    const round = await operator.round(`${TASK}.${number}`)
    const weights = await versionOf(round, { ...ended, base, before: made.length })
    if (!weights) continue
    made.push(digestOfWeights(weights))
    base = weights
  }
  expectEqual(
    'the versions',
    (await operator.models(TASK)).map((model) => [model.version, model.weights.digest]),
    made.map((weights, i) => [i + 1, weights]),
  )
  await ledgerHolds(ended)
  await logHolds(operator)
  return made
}

/** The weights that a round made; none where it was abandoned, as it may be. */
const versionOf = async (
  round: RoundDetail,
  { operator, clients, seed, plan, base, before }: Ended & { base: Float32Array; before: number },
): Promise<Float32Array | undefined> => {
  const { privacy } = plan
  if (round.phase === 'abandoned') return undefined // whether it may be was seen when it was
  const received = round.members.filter(({ status }) => status === 'received').map(({ client }) => client)
  const ids = clients.map(({ id }) => id)
  if (privacy.mode === 'sealed') {
    expectEqual(`the updates of ${round.id}`, received, ids.toSorted())
    return referenceFedavg(base, fixedUpdates(seed, ids, round.id, base))
  }
  for (const { id, acknowledged } of clients)
    if (acknowledged.some(({ receipt }) => receipt.round === round.id) && !received.includes(id))
      throw new Violation(`${round.id} completed without the vector of ${id}, which was acknowledged`)
  const weights = await operator.weights(TASK, before + 1)
  const updates = fixedUpdates(seed, ids, round.id, base).filter(({ client }) => received.includes(client))
  const wrong = objectionToSum({ base, weights, updates, privacy })
  if (wrong) throw new Violation(`the sum of ${round.id} is not that of ${received}: ${wrong}`)
  const counted =
    privacy.noise === 'none' ? updates.reduce((sum, { examples }) => sum + examples, 0) : updates.length
  expectEqual(`the examples of ${round.id}`, round.phase === 'completed' && round.examples, counted)
  return weights
}

/** Why a round may have been abandoned in such a life; where nothing is said here it must have completed. */
export const mayBeAbandonedFor = (privacy: Privacy): readonly string[] => {
  if (privacy.mode === 'sealed') return []
  const { clients, how } = privacy.lost
  // Five less two are the quorum, and can open the sum. Who stalls is waited for, and a deadline spares nobody who is late.
  if (how === 'stalled' && clients > 0) return ['cannot-reach-quorum', 'too-few-shares']
  if (clients < 3) return []
  return how === 'when-acknowledged' ? ['too-few-shares'] : ['cannot-reach-quorum', 'too-few-shares']
}

/** Charged with every round that began, once each: also with those that were abandoned. */
const ledgerHolds = async ({ operator, place, plan: { privacy, rounds } }: Ended) => {
  const ledger = await place.ledger(TASK)
  const promised = privacy.mode !== 'sealed' && privacy.noise === 'distributed'
  expectEqual(
    'the rounds that were charged',
    ledger?.charged.map((charged) => charged.rounds),
    promised ? [[{ first: 1, last: rounds }]] : undefined,
  )
  if (!promised) return
  for (let number = 1; number <= rounds; number++) {
    const round = await operator.round(`${TASK}.${number}`)
    expectEqual(`the rounds that ${round.id} was charged on top of`, round.privacy?.rounds, number)
  }
}

/** Whole, and says of no round twice that it came to the same. */
const logHolds = async (operator: Operator) => {
  const log = AuditPage.parse(granted(await operator.call('GET', `${restPaths.audit}?limit=200`)))
  const verdict = verifyAudit(log.items.map((record) => ({ ...record, at: Date.parse(record.at) })))
  if (log.nextCursor !== null || verdict.kind !== 'intact')
    throw new Violation(`the audit log is ${JSON.stringify(verdict)}`)
  const entries = log.items
    .filter(({ action }) => action.startsWith('round.'))
    .map(({ action, subject }) => `${action} ${subject}`)
  expectEqual('what the log says of rounds, each once', entries, [...new Set(entries)])
}

const digestOfWeights = (values: Float32Array) =>
  digestOf(encodeSafetensors({ tensors: FIXED_TENSORS, values }))

const expectEqual = (what: string, actual: unknown, expected: unknown) => {
  if (!isDeepStrictEqual(actual, expected))
    throw new Violation(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)
}
