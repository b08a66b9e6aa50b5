import { percent } from './number-format.ts'
import type { ClientResult, SeedResults } from './results.ts'

/** What a reader must look at before believing the numbers, with what shows it. */
export type Alarm = { readonly kind: AlarmKind; readonly seed: number; readonly evidence: string }
export type AlarmKind = 'diverging' | 'no-progress' | 'dead-clients'

/** So many rises of the loss in a row, by so much altogether, are more than noise. */
const RISES = 5
const RISE = 1.1
const FEWEST_EVALUATIONS = 6
const MOST_NAMED = 10

export const alarmsOf = (seed: SeedResults, target?: number): readonly Alarm[] =>
  [
    ...divergence(seed).map((evidence) => ({ kind: 'diverging' as const, evidence })),
    ...stagnation(seed, target).map((evidence) => ({ kind: 'no-progress' as const, evidence })),
    ...deadClients(seed).map((evidence) => ({ kind: 'dead-clients' as const, evidence })),
  ].map((alarm) => ({ ...alarm, seed: seed.seed }))

/** The loss is not finite, rises several evaluations in a row by a tenth or more, or ends above where it began. */
export const divergence = ({ rounds }: Pick<SeedResults, 'rounds'>): readonly string[] => {
  const losses = rounds.flatMap((round) =>
    round.outcome === 'completed' && round.loss !== undefined
      ? [{ round: round.round, loss: round.loss }]
      : [],
  )
  const broken = losses.find(({ loss }) => loss === null)
  if (broken) return [`the loss of round ${broken.round} is not finite`]
  const finite = losses.map(({ round, loss }) => ({ round, loss: loss ?? 0 }))
  const [first, last] = [finite[0], finite.at(-1)]
  const found: string[] = []
  const rise = longestRise(finite)
  if (rise && rise.rises >= RISES && rise.to.loss > RISE * rise.from.loss)
    found.push(
      `the loss rose ${rise.rises} evaluations in a row, from ${rise.from.loss.toPrecision(3)} in round ${rise.from.round} to ${rise.to.loss.toPrecision(3)} in round ${rise.to.round}`,
    )
  if (first && last && last.round > first.round && last.loss > RISE * first.loss)
    found.push(
      `the loss ended at ${last.loss.toPrecision(3)} in round ${last.round}, above the ${first.loss.toPrecision(3)} of round ${first.round}`,
    )
  return found
}

type Evaluation = { readonly round: number; readonly loss: number }
type Rise = { readonly from: Evaluation; readonly to: Evaluation; readonly rises: number }

const longestRise = (losses: readonly Evaluation[]): Rise | undefined => {
  let longest: Rise | undefined
  let from = losses[0]
  let rises = 0
  for (const [at, to] of losses.entries()) {
    const before = losses[at - 1]
    if (!from || !before || to.loss <= before.loss) {
      from = to
      rises = 0
      continue
    }
    rises++
    if (!longest || rises > longest.rises) longest = { from, to, rises }
  }
  return longest
}

/** No evaluation of the last third is better than the best before it. A run that has arrived looks so too, which is told. */
export const stagnation = ({ rounds }: Pick<SeedResults, 'rounds'>, target?: number): readonly string[] => {
  const found = rounds.flatMap((round) =>
    round.outcome === 'completed' && round.accuracy !== undefined
      ? [{ round: round.round, accuracy: round.accuracy }]
      : [],
  )
  if (found.length < FEWEST_EVALUATIONS) return []
  const cut = found.length - Math.floor(found.length / 3)
  const best = (some: typeof found) => some.reduce((most, own) => (own.accuracy > most.accuracy ? own : most))
  const [before, after] = [best(found.slice(0, cut)), best(found.slice(cut))]
  if (after.accuracy > before.accuracy) return []
  const arrived = target !== undefined && before.accuracy >= target ? '; the target was reached before' : ''
  return [
    `the best accuracy, ${percent(before.accuracy, 2)}, is of round ${before.round}; the last ${found.length - cut} evaluations, from round ${found[cut]?.round}, come to ${percent(after.accuracy, 2)} at most${arrived}`,
  ]
}

/**
 * Clients that took part in no round: those that were asked, where that is recorded; else those of whom even selection, each
 * equally likely, would leave less than half a client out.
 */
export const deadClients = ({
  rounds,
  clients,
}: Pick<SeedResults, 'rounds' | 'clients'>): readonly string[] => {
  const idle = clients.filter((client) => client.rounds === 0)
  const refusing = idle.filter(({ asked = 0 }) => asked > 0)
  if (refusing.length > 0) {
    const asked = refusing.reduce((sum, client) => sum + (client.asked ?? 0), 0)
    return [
      `${refusing.length} of ${clients.length} clients took part in no round though they were asked ${asked} times: ${namesOf(refusing)}`,
    ]
  }
  // Of devices that come and go, and differ in how fast they are, each is not equally likely to be in time.
  const unknown = idle.filter(({ asked, device }) => asked === undefined && device === undefined)
  if (unknown.length === 0) return []
  const missed = rounds.reduce((chance, { cohort }) => chance * Math.max(0, 1 - cohort / clients.length), 1)
  const expected = missed * clients.length
  if (expected >= 0.5) return []
  return [
    `${unknown.length} of ${clients.length} clients took part in no round, where even selection would leave out ${expected < 0.01 ? 'less than 0.01' : expected.toFixed(2)}: ${namesOf(unknown)}`,
  ]
}

const namesOf = (clients: readonly ClientResult[]): string =>
  clients
    .slice(0, MOST_NAMED)
    .map(({ client }) => client)
    .join(', ') + (clients.length > MOST_NAMED ? ` and ${clients.length - MOST_NAMED} more` : '')
