import { TaskId } from '@tributary/protocols'
import * as z from 'zod'
import { everyItem, granted, type Schemas } from '../../rest-client/rest-client.ts'
import { EXIT } from '../exit-codes.ts'
import { textFields } from '../text-table.ts'
import { bytesText } from './bytes-text.ts'
import { LIMIT_USAGE, limitFlag, NO_FLAGS, remoteCommand, taken, timeText } from './remote-command.ts'
import { shortNumber } from './round-text.ts'

type RoundMetrics = Schemas['RoundMetricsView']

/** Where a round is shown beside its metrics, so many of these have a column. */
const MOST_COLUMNS = 4

export const tasksMetricsCommand = remoteCommand({
  name: 'tasks metrics',
  summary: 'what rounds and their clients measured, newest first',
  line: '<task> [--limit N] [--csv]',
  says: 'Means over a round’s updates, weighted by examples, with the 10th to the 90th percentile over its clients where these are known. --json has every number.',
  explained: `${LIMIT_USAGE}  --csv                  everything as comma-separated values, a line for each round and metric
`,
  failed: 'There are no metrics.',
  operands: { task: TaskId },
  flags: z.object(limitFlag),
  switches: ['csv'],
  async run({ rest, operands, flags, isOn, show, table, call }) {
    const path = operands
    if (isOn('csv')) {
      const csv = await granted(
        rest.GET('/api/v1/tasks/{task}/metrics.csv', { params: { path }, parseAs: 'text' }),
      )
      call.print(csv)
      return EXIT.done
    }
    const rounds = await taken(
      everyItem((query) => granted(rest.GET('/api/v1/tasks/{task}/metrics', { params: { path, query } }))),
      flags.limit,
    )
    const metrics = [
      ...new Set(rounds.flatMap(({ means, bands }) => [...Object.keys(means), ...Object.keys(bands)])),
    ]
    return show(rounds, () =>
      rounds.length === 0
        ? `No round of ${path.task} has ended yet.\n`
        : table<RoundMetrics>(
            [
              { title: 'ROUND', text: ({ round }) => round },
              { title: 'OUTCOME', text: ({ outcome }) => outcome },
              { title: 'VERSION', text: ({ version }) => version ?? '-', side: 'right' },
              { title: 'RECEIVED', text: ({ received, invited }) => `${received}/${invited}`, side: 'right' },
              { title: 'EXAMPLES', text: ({ examples }) => examples, side: 'right' },
              { title: 'BYTES', text: ({ bytes }) => bytesText(bytes), side: 'right' },
              ...metrics.slice(0, MOST_COLUMNS).map((name) => ({
                title: name.toUpperCase(),
                text: (round: RoundMetrics) => metricText(round, name),
              })),
              { title: 'ENDED', text: ({ endedAt }) => timeText(endedAt) },
            ],
            rounds,
          ),
    )
  },
})

const metricText = ({ means, bands }: RoundMetrics, name: string): string => {
  // Clients choose the names, and `constructor` is one.
  const mean = Object.hasOwn(means, name) ? means[name] : undefined
  const band = Object.hasOwn(bands, name) ? bands[name] : undefined
  const spread = band ? ` (${shortNumber(band.p10)} to ${shortNumber(band.p90)})` : ''
  return mean === undefined && !band ? '-' : `${mean === undefined ? '' : shortNumber(mean)}${spread}`.trim()
}

export const tasksPrivacyCommand = remoteCommand({
  name: 'tasks privacy',
  summary: 'what a task may spend of privacy, has spent, and has left',
  line: '<task>',
  says: '`tributary privacy plan` says it before a task begins.',
  failed: 'The privacy of the task cannot be shown.',
  operands: { task: TaskId },
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(
      await granted(rest.GET('/api/v1/tasks/{task}/privacy', { params: { path: operands } })),
      privacyText,
    ),
})

const privacyText = ({ budget, spent, roundsLeft, secureAggregation }: Schemas['TaskPrivacyView']): string =>
  textFields([
    ['summed securely', secureAggregation ? 'yes' : 'no'],
    ['budget', budget ? `epsilon ${budget.epsilon} at delta ${budget.delta}` : 'none'],
    [
      'spent',
      spent
        ? `epsilon ${spent.epsilon === null ? 'unbounded' : shortNumber(spent.epsilon)} at delta ${spent.delta}, one ${spent.unit}, over ${spent.rounds} rounds`
        : 'nothing',
    ],
    ['rounds left', budget ? (roundsLeft ?? 'any number') : undefined],
  ])
