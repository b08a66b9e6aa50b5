import { granted, type Schemas } from '../../rest-client/rest-client.ts'
import type { Command } from '../command.ts'
import { textFields } from '../text-table.ts'
import { type DrawTable, NO_FLAGS, remoteCommand, timeText } from './remote-command.ts'
import { phaseText } from './round-text.ts'

type Overview = Schemas['OverviewView']

const overviewUnder = (name: string, summary: string): Command =>
  remoteCommand({
    name,
    summary,
    line: '',
    says: 'Clients by state, rounds in flight, the newest versions, and what wants attention, with what to do.',
    failed: 'There is no overview.',
    operands: {},
    flags: NO_FLAGS,
    switches: [],
    run: async ({ rest, show, table }) =>
      show(await granted(rest.GET('/api/v1/overview')), (overview) => overviewText(overview, table)),
  })

export const overviewCommand = overviewUnder(
  'overview',
  'clients, rounds, versions, and what wants attention',
)
export const statusCommand = overviewUnder('status', 'the same as overview')

const overviewText = (
  { at, fleet, tasks, openRounds, newestModels, alerts }: Overview,
  table: DrawTable,
): string =>
  [
    textFields([
      ['at', timeText(at)],
      [
        'clients',
        `${fleet.enrolled} enrolled, ${fleet.online} on the line, ${fleet.waiting} waiting, ${fleet.working} working, ${fleet.revoked} revoked, ${fleet.withdrawn} withdrawn`,
      ],
      ['tasks', `${tasks.active} active, ${tasks.paused} paused, ${tasks.finished} finished`],
    ]),
    alerts.length === 0
      ? '\nNothing wants attention.\n'
      : `\n${table<Overview['alerts'][number]>(
          [
            {
              title: 'ATTENTION',
              text: ({ severity }) => severity,
              style: ({ severity }) => (severity === 'critical' ? 'bad' : undefined),
            },
            { title: 'TASK', text: ({ task }) => task ?? '-' },
            { title: 'WHAT', text: ({ detail }) => detail },
          ],
          alerts,
        )}`,
    openRounds.length === 0
      ? ''
      : `\n${table<Overview['openRounds'][number]>(
          [
            { title: 'ROUND', text: ({ id }) => id },
            { title: 'PHASE', text: phaseText },
            { title: 'OPENED', text: ({ openedAt }) => timeText(openedAt) },
          ],
          openRounds,
        )}`,
    newestModels.length === 0
      ? ''
      : `\n${table<Overview['newestModels'][number]>(
          [
            { title: 'TASK', text: ({ task }) => task },
            { title: 'VERSION', text: ({ version }) => version, side: 'right' },
            { title: 'MADE', text: ({ createdAt }) => timeText(createdAt) },
            { title: 'DIGEST', text: ({ weights }) => weights.digest },
          ],
          newestModels,
        )}`,
  ].join('')
