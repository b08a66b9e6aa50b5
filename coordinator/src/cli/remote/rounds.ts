import { RoundId, TaskId, taskOfRound } from '@tributary/protocols'
import * as z from 'zod'
import { actKey, everyItem, granted, type RestClient } from '../../rest-client/rest-client.ts'
import { textFields } from '../text-table.ts'
import { bytesText } from './bytes-text.ts'
import {
  type DrawTable,
  LIMIT_USAGE,
  limitFlag,
  NO_FLAGS,
  remoteCommand,
  taken,
  timeText,
} from './remote-command.ts'
import { endText, phaseText, type RoundDetail, type RoundView, shortNumber } from './round-text.ts'
import { EVERY_USAGE, everyFlag, watchRounds } from './watch-rounds.ts'

export const roundsListCommand = remoteCommand({
  name: 'rounds list',
  summary: 'a task’s rounds, newest first',
  line: '<task> [--limit N]',
  says: 'Every attempt, and how it ended.',
  explained: LIMIT_USAGE,
  failed: 'The rounds cannot be listed.',
  operands: { task: TaskId },
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, operands, flags, show, table }) {
    const { task } = operands
    const rounds = await taken(
      everyItem((query) =>
        granted(rest.GET('/api/v1/tasks/{task}/rounds', { params: { path: { task }, query } })),
      ),
      flags.limit,
    )
    return show(rounds, () =>
      rounds.length === 0
        ? `Task ${task} had no round yet. \`tributary rounds trigger ${task}\` begins one.\n`
        : table<RoundView>(
            [
              { title: 'ROUND', text: ({ id }) => id },
              { title: 'PHASE', text: phaseText, style: (round) => PHASE_STYLES[round.phase] },
              {
                title: 'RECEIVED',
                text: (round) => ('tally' in round ? round.tally.received : '-'),
                side: 'right',
              },
              {
                title: 'INVITED',
                text: (round) => ('tally' in round ? round.tally.invited : '-'),
                side: 'right',
              },
              { title: 'BASE', text: ({ base }) => base.version, side: 'right' },
              { title: 'OPENED', text: ({ openedAt }) => timeText(openedAt) },
              { title: 'ENDED', text: (round) => ('endedAt' in round ? timeText(round.endedAt) : '-') },
            ],
            rounds,
          ),
    )
  },
})

const PHASE_STYLES: Partial<Record<RoundView['phase'], 'good' | 'bad'>> = {
  completed: 'good',
  abandoned: 'bad',
}

const roundOperand = { round: RoundId }

export const roundsShowCommand = remoteCommand({
  name: 'rounds show',
  summary: 'one round, and the part of each of its clients',
  line: '<round>',
  says: 'A round is named as in digits.12.',
  failed: 'The round cannot be shown.',
  operands: roundOperand,
  flags: NO_FLAGS,
  switches: [],
  async run({ rest, operands: { round }, show, table }) {
    const path = { task: taskOfRound(round), round }
    return show(
      await granted(rest.GET('/api/v1/tasks/{task}/rounds/{round}', { params: { path } })),
      (detail) => `${roundFields(detail)}${membersTable(detail, table)}`,
    )
  },
})

const roundFields = (round: RoundDetail): string =>
  textFields([
    ['round', round.id],
    ['phase', phaseText(round)],
    ['because', round.phase === 'abandoned' ? round.detail || undefined : undefined],
    ['base version', round.base.version],
    ['opened', timeText(round.openedAt)],
    ['deadline', 'deadlineAt' in round ? timeText(round.deadlineAt) : undefined],
    ['ended', 'endedAt' in round ? timeText(round.endedAt) : undefined],
    ['examples', round.phase === 'completed' ? round.examples : undefined],
    [
      'metrics',
      round.phase === 'completed'
        ? Object.entries(round.metrics)
            .map(([name, value]) => `${name} ${shortNumber(value)}`)
            .join(', ') || undefined
        : undefined,
    ],
  ])

type Member = RoundDetail['members'][number]

const membersTable = ({ members }: RoundDetail, table: DrawTable): string =>
  members.length === 0
    ? '\nNobody was invited.\n'
    : `\n${table<Member>(
        [
          { title: 'CLIENT', text: ({ client }) => client },
          { title: 'PART', text: ({ status }) => status },
          { title: 'BYTES', text: (one) => ('bytes' in one ? bytesText(one.bytes) : '-'), side: 'right' },
          {
            title: 'EXAMPLES',
            text: (one) => ('examples' in one ? (one.examples ?? '-') : '-'),
            side: 'right',
          },
          { title: 'RECEIVED', text: (one) => ('receivedAt' in one ? timeText(one.receivedAt) : '-') },
          { title: 'REASON', text: (one) => ('reason' in one ? one.reason : '') },
        ],
        members,
      )}`

export const roundsTriggerCommand = remoteCommand({
  name: 'rounds trigger',
  summary: 'begin a round now',
  line: '<task> [--wait] [--every SECONDS]',
  says: 'With --wait it is watched to its end; then the exit code is 0 where it completed and 1 where it was abandoned.',
  explained: `  --wait                 stay until it has ended
${EVERY_USAGE}`,
  failed: 'No round was begun.',
  operands: { task: TaskId },
  flags: z.object(everyFlag),
  switches: ['wait'],
  async run(remote) {
    const { rest, operands, isOn, show, flags } = remote
    const { task } = operands
    const round = await granted(
      rest.POST('/api/v1/tasks/{task}/rounds', {
        params: { path: { task }, header: actKey() },
        body: {},
      }),
    )
    if (isOn('wait'))
      return watchRounds(remote, { task, everySeconds: flags.every, until: { round: round.number } })
    return show(
      round,
      ({ id }) => `Round ${id} has begun. \`tributary rounds watch ${task}\` shows how it goes.\n`,
    )
  },
})

export const roundsAbandonCommand = remoteCommand({
  name: 'rounds abandon',
  summary: 'end a round without a new version',
  line: '<round> --reason TEXT',
  says: 'Clients are told to stop; what they sent is destroyed. The model stays as it was.',
  explained: `  --reason TEXT          why: it is kept with the round and in the audit log
`,
  failed: 'The round was not abandoned.',
  operands: roundOperand,
  flags: z.object({ reason: z.string('is missing: say why').min(1, 'must say why').max(500) }),
  switches: [],
  run: async ({ rest, operands: { round }, flags, show }) =>
    show(await abandon(rest, round, flags.reason), (ended) => `${endText(ended)}\n`),
})

const abandon = (rest: RestClient, round: RoundId, reason: string) =>
  granted(
    rest.POST('/api/v1/tasks/{task}/rounds/{round}/abandon', {
      params: { path: { task: taskOfRound(round), round } },
      body: { reason },
    }),
  )

export const roundsWatchCommand = remoteCommand({
  name: 'rounds watch',
  summary: 'a task’s rounds as they happen',
  line: '<task> [--once] [--every SECONDS]',
  says: `On a terminal the round is drawn in place; elsewhere each event is a line; with --json each state that changed is a line of JSON.
Goes on until Ctrl-C (exit code 130), also while the coordinator is away.`,
  explained: `  --once                 end with the round that goes on, or the next one: 0 where it completed, 1 where it was abandoned
${EVERY_USAGE}`,
  failed: 'The rounds cannot be watched.',
  operands: { task: TaskId },
  flags: z.object(everyFlag),
  switches: ['once'],
  run: (remote) =>
    watchRounds(remote, {
      task: remote.operands.task,
      everySeconds: remote.flags.every,
      until: remote.isOn('once') ? 'the-next-end' : 'interrupted',
    }),
})
