import { worstTenth } from './client-figures.ts'
import { bytes, percent, spreadText } from './number-format.ts'
import type { RoundResult, RunResults } from './results.ts'
import { targetOf } from './scenario-words.ts'
import { type Spread, spreadOf } from './statistics.ts'

type Entry = readonly [term: string, value: string, note?: string]

/** The numbers that a reader looks for first; each is the mean over seeds, with the sample's deviation. */
export const headlineOf = (run: RunResults): readonly Entry[] => {
  const { seeds } = run
  const worst = worstTenth(seeds)
  const memory = spreadOf(seeds.map(({ summary }) => summary.peakMemoryMb))
  const traffic = spreadOf(seeds.map(({ rounds }) => bytesOf(rounds)))
  return [
    ['rounds', ...roundsText(run)],
    ['final accuracy', spreadText(finalAccuracy(run), 'share'), seedsNote(finalAccuracy(run))],
    ...attackEntries(run),
    ...(worst ? [['worst tenth of clients', percent(worst.mean), 'their mean accuracy'] as const] : []),
    ['rounds to target', ...toTarget(run)],
    [
      'clients a second',
      spreadText(spreadOf(seeds.map(({ summary }) => summary.clientsPerSecond)), 'number'),
    ],
    [
      'computing time',
      spreadText(spreadOf(seeds.map(({ summary }) => summary.seconds)), 'seconds'),
      seeds.length > 1 ? 'a seed' : undefined,
    ],
    ['peak memory', memory ? bytes(memory.high * 1e6) : '–', seeds.length > 1 ? 'of any seed' : undefined],
    ['bytes, up and down', spreadText(traffic, 'bytes'), seeds.length > 1 ? 'a seed' : undefined],
  ].map(
    ([term, value, note]): Entry =>
      note === undefined ? [term ?? '', value ?? ''] : [term ?? '', value ?? '', note],
  )
}

/** How honest clients fare where some attack: by their examples, of the last model on their own rows. */
const attackEntries = ({ seeds }: RunResults): readonly Entry[] => {
  if (!seeds.some(({ clients }) => clients.some(({ attack }) => attack !== undefined))) return []
  const honest = (measure: 'accuracy' | 'loss') =>
    spreadOf(
      seeds.map(({ clients }) => {
        const known = clients.filter((client) => client.attack === undefined && client[measure] !== undefined)
        const examples = known.reduce((sum, client) => sum + client.examples, 0)
        return known.reduce((sum, client) => sum + (client[measure] ?? 0) * client.examples, 0) / examples
      }),
    )
  const success = attackSuccess(seeds)
  return [
    ['accuracy of honest clients', spreadText(honest('accuracy'), 'share'), 'on their own rows'],
    ['loss of honest clients', spreadText(honest('loss'), 'number'), 'on their own rows'],
    ...(success ? [['attack success', spreadText(success, 'share'), 'in the end'] as const] : []),
  ]
}

/** Of each seed's last evaluated round. */
export const attackSuccess = (seeds: RunResults['seeds']): Spread | undefined =>
  spreadOf(
    seeds.map(({ rounds }) =>
      rounds
        .flatMap((round) => (round.outcome === 'completed' ? [round.attackSuccess] : []))
        .findLast((success) => success !== undefined),
    ),
  )

/** As each seed sums up; where one does not, of its last evaluated round. */
export const finalAccuracy = ({ seeds }: Pick<RunResults, 'seeds'>): Spread | undefined =>
  spreadOf(
    seeds.map(
      ({ summary, rounds }) =>
        summary.accuracy ??
        rounds
          .flatMap((round) => (round.outcome === 'completed' ? [round.accuracy] : []))
          .findLast((accuracy) => accuracy !== undefined),
    ),
  )

/** The mean of the seeds that reached the target, and how many did. */
export const toTarget = ({ seeds, scenario }: RunResults): readonly [string, string] => {
  const target = targetOf(scenario)
  const reached = spreadOf(seeds.map(({ summary }) => summary.roundsToTarget))
  const goal = target === undefined ? 'the scenario names no target' : `to ${percent(target)}`
  if (!reached) return ['–', target === undefined ? goal : `${goal}: not reached`]
  return [
    spreadText(reached, 'number'),
    reached.count === seeds.length ? goal : `${goal}; ${reached.count} of ${seeds.length} seeds reached it`,
  ]
}

const roundsText = ({ seeds }: RunResults): readonly [string, string] => {
  const completed = seeds.map(({ rounds }) => rounds.filter(({ outcome }) => outcome === 'completed').length)
  const abandoned = seeds.reduce((sum, { rounds }, at) => sum + rounds.length - (completed[at] ?? 0), 0)
  return [
    spreadText(spreadOf(completed), 'number'),
    `completed${seeds.length > 1 ? ' a seed' : ''}, ${abandoned} abandoned${seeds.length > 1 ? ' altogether' : ''}`,
  ]
}

export const bytesOf = (rounds: readonly RoundResult[]): number | undefined =>
  rounds.some(({ bytesUp, bytesDown }) => (bytesUp ?? bytesDown) !== undefined)
    ? rounds.reduce((sum, { bytesUp = 0, bytesDown = 0 }) => sum + bytesUp + bytesDown, 0)
    : undefined

const seedsNote = (spread: Spread | undefined): string | undefined =>
  spread && spread.count > 1
    ? `${spread.count} seeds, ${percent(spread.low)} to ${percent(spread.high)}`
    : undefined
