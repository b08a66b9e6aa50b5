import { TaskId } from '@tributary/protocols'
import * as z from 'zod'
import { ConfigError } from '../../config.ts'
import { actKey, everyItem, granted, type RestClient, type Schemas } from '../../rest-client/rest-client.ts'
import type { Command } from '../command.ts'
import { textFields } from '../text-table.ts'
import { LIMIT_USAGE, limitFlag, NO_FLAGS, remoteCommand, taken, timeText } from './remote-command.ts'
import { phaseText } from './round-text.ts'
import { FILE_USAGE, readTaskJson } from './task-file.ts'
import { uploadFrozen } from './upload-frozen.ts'

type TaskSummary = Schemas['TaskSummary']

const fileOperand = z.string().min(1)

export const tasksListCommand = remoteCommand({
  name: 'tasks list',
  summary: 'every task, with its round and its newest version',
  line: '[--limit N]',
  says: 'In the order of their ids.',
  explained: LIMIT_USAGE,
  failed: 'The tasks cannot be listed.',
  operands: {},
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, flags, show, table }) {
    const tasks = await taken(
      everyItem((query) => granted(rest.GET('/api/v1/tasks', { params: { query } }))),
      flags.limit,
    )
    return show(tasks, () =>
      tasks.length === 0
        ? 'There are no tasks. `tributary tasks create <file>` makes one.\n'
        : table<TaskSummary>(
            [
              { title: 'TASK', text: ({ id }) => id },
              { title: 'STATUS', text: ({ status }) => status },
              { title: 'ROUNDS', text: ({ completedRounds }) => completedRounds, side: 'right' },
              { title: 'ROUND', text: ({ latestRound }) => (latestRound ? phaseText(latestRound) : '-') },
              { title: 'VERSION', text: ({ latestModel }) => latestModel?.version ?? '-', side: 'right' },
              { title: 'NEXT', text: ({ nextRoundAt }) => timeText(nextRoundAt) },
              { title: 'TITLE', text: ({ title }) => title ?? '' },
            ],
            tasks,
          ),
    )
  },
})

export const tasksShowCommand = remoteCommand({
  name: 'tasks show',
  summary: 'one task; with --json its whole file too',
  line: '<task>',
  says: 'What it is, how far it is, and when its next round begins.',
  failed: 'The task cannot be shown.',
  operands: { task: TaskId },
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(await granted(rest.GET('/api/v1/tasks/{task}', { params: { path: operands } })), taskText),
})

export const tasksCreateCommand = remoteCommand({
  name: 'tasks create',
  summary: 'make a task of a task file',
  line: '<file> [--frozen FILE]',
  says: 'What is wrong with the file is named at its place. `tributary tasks check` only looks.',
  explained: `${FILE_USAGE}  --frozen FILE          uploads the frozen tensors of its model first
`,
  failed: 'The task was not made.',
  operands: { file: fileOperand },
  flags: z.object({ frozen: z.string().min(1, 'must name a file').optional() }),
  switches: [],
  async run({ rest, restWith, operands, flags, show, call }) {
    const body = await readTaskJson(operands.file, call)
    if (flags.frozen !== undefined) await uploadFrozen(restWith, flags.frozen)
    const task = await granted(rest.POST('/api/v1/tasks', { params: { header: actKey() }, body }))
    return show(
      task,
      ({ id }) =>
        `Task ${id} is made.\nNext: \`tributary clients invite\`, then \`tributary rounds trigger ${id}\`.\n`,
    )
  },
})

const changing = (
  name: string,
  summary: string,
  status: 'active' | 'paused' | 'finished',
  says: string,
): Command =>
  remoteCommand({
    name: `tasks ${name}`,
    summary,
    line: '<task>',
    says,
    failed: 'The task was not changed.',
    operands: { task: TaskId },
    flags: NO_FLAGS,
    switches: [],
    run: async ({ rest, operands, show }) => show(await change(rest, operands.task, { status }), changedText),
  })

export const tasksPauseCommand = changing(
  'pause',
  'begin no more rounds of a task for now',
  'paused',
  'A round that goes on is brought to its end.',
)

export const tasksResumeCommand = changing(
  'resume',
  'let a paused task begin rounds again',
  'active',
  'Its schedule goes on from now.',
)

export const tasksFinishCommand = changing(
  'finish',
  'end a task for good',
  'finished',
  'No more rounds begin; its versions stay. There is no way back.',
)

const seconds = z
  .string()
  .regex(/^\d{1,6}(?:\.\d{1,3})?$/, 'must be seconds, from 0')
  .transform(Number)
const rounds = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number)

export const tasksRescheduleCommand = remoteCommand({
  name: 'tasks reschedule',
  summary: 'say when a task’s rounds begin, and after how many it is finished',
  line: '<task> [--manual | --continuous | --cron EXPR] [--stop-after N | --never-stop]',
  says: 'Replaces the schedule, the stop rule or both. What is not named stays.',
  explained: `  --manual               a round begins when it is triggered
  --continuous           a round begins when the one before has ended
  --pause-seconds N      … and so much later (0)
  --cron EXPR            a round begins at these times: '0 3 * * *'
  --time-zone ZONE       … of this zone (UTC)
  --stop-after N         the task is finished when so many rounds have completed
  --never-stop           it is not finished by itself
`,
  failed: 'The task was not changed.',
  operands: { task: TaskId },
  flags: z.object({
    'pause-seconds': seconds.optional(),
    cron: z.string().min(1, 'must be a cron expression').optional(),
    'time-zone': z.string().min(1, 'must be a time zone: Europe/Vienna').optional(),
    'stop-after': rounds.optional(),
  }),
  switches: ['manual', 'continuous', 'never-stop'],
  async run({ rest, operands, flags, isOn, show }) {
    const schedules = [isOn('manual'), isOn('continuous'), flags.cron !== undefined].filter(Boolean).length
    const stops = [isOn('never-stop'), flags['stop-after'] !== undefined].filter(Boolean).length
    if (schedules > 1)
      throw wrongLine('--manual', 'is one of --manual, --continuous and --cron: give one of them')
    if (stops > 1) throw wrongLine('--never-stop', 'contradicts --stop-after: give one of them')
    if (schedules + stops === 0)
      throw wrongLine('--cron', 'is missing, or another flag that says what changes')
    if (flags['pause-seconds'] !== undefined && !isOn('continuous'))
      throw wrongLine('--pause-seconds', 'belongs to --continuous')
    if (flags['time-zone'] !== undefined && flags.cron === undefined)
      throw wrongLine('--time-zone', 'belongs to --cron')
    const schedule =
      flags.cron !== undefined
        ? { kind: 'cron' as const, expression: flags.cron, timeZone: flags['time-zone'] ?? 'UTC' }
        : isOn('continuous')
          ? { kind: 'continuous' as const, pauseSeconds: flags['pause-seconds'] ?? 0 }
          : { kind: 'manual' as const }
    const stop =
      flags['stop-after'] !== undefined
        ? { kind: 'completed-rounds' as const, rounds: flags['stop-after'] }
        : { kind: 'never' as const }
    return show(
      await change(rest, operands.task, { ...(schedules && { schedule }), ...(stops && { stop }) }),
      changedText,
    )
  },
})

const wrongLine = (path: string, message: string): ConfigError => new ConfigError([{ path, message }])

const change = (rest: RestClient, task: TaskId, body: Schemas['ChangeTaskRequestInput']) =>
  granted(rest.PATCH('/api/v1/tasks/{task}', { params: { path: { task } }, body }))

const changedText = ({ id, status, nextRoundAt }: Schemas['TaskView']): string =>
  `Task ${id} is ${status}${nextRoundAt === null ? '' : `; its next round begins at ${timeText(nextRoundAt)}`}.\n`

const taskText = (task: Schemas['TaskView']): string => {
  const { file, latestRound, latestModel } = task
  return textFields([
    ['task', task.id],
    ['title', task.title ?? undefined],
    ['status', task.status],
    ['made', timeText(task.createdAt)],
    ['schedule', scheduleText(file.schedule)],
    ['next round', task.nextRoundAt === null ? 'when it is triggered' : timeText(task.nextRoundAt)],
    ['strategy', file.strategy.name],
    ['privacy', file.privacy.mode],
    ['cohort', `${file.cohort.target} updates wanted, ${file.cohort.quorum} at least`],
    ['rounds', `${task.completedRounds} completed`],
    ['newest round', latestRound ? `${latestRound.id}, ${phaseText(latestRound)}` : 'none yet'],
    ['newest version', latestModel ? `${latestModel.version}, ${latestModel.weights.digest}` : 'none yet'],
  ])
}

const scheduleText = (schedule: Schemas['TaskView']['file']['schedule']): string => {
  switch (schedule.kind) {
    case 'manual':
      return 'manual'
    case 'continuous':
      return `continuous, ${schedule.pauseSeconds} s between rounds`
    case 'cron':
      return `${schedule.expression} (${schedule.timeZone})`
    default:
      return 'unknown'
  }
}
