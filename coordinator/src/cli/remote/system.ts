import type { SystemView } from '@tributary/protocols/rest'
import { granted } from '../../rest-client/rest-client.ts'
import { EXIT } from '../exit-codes.ts'
import { textFields } from '../text-table.ts'
import { bytesText } from './bytes-text.ts'
import { NO_FLAGS, remoteCommand, timeText } from './remote-command.ts'

export const systemCommand = remoteCommand({
  name: 'system',
  summary: 'how the process that answers is doing, and what it keeps',
  line: '',
  says: '`tributary doctor` looks deeper, where the coordinator runs.',
  failed: 'The system cannot be shown.',
  operands: {},
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, show }) => show(await granted(rest.GET('/api/v1/system')), systemText),
})

const sizeText = (bytes: number | null): string | undefined => (bytes === null ? undefined : bytesText(bytes))

const systemText = ({
  storage,
  memory,
  eventLoopDelayMs: delay,
  queue,
  lines,
  processes,
  ...view
}: SystemView) =>
  textFields([
    ['version', `${view.version} on Node ${view.node}, since ${timeText(view.startedAt)}`],
    ['database', storage.database],
    ['blobs', storage.blobs],
    ['of the database', sizeText(storage.databaseBytes)],
    ['of models', sizeText(storage.modelBytes)],
    ['of updates', sizeText(storage.updateBytes)],
    ['room left', sizeText(storage.freeBytes)],
    ['memory', `${bytesText(memory.rss)}, of which ${bytesText(memory.heapUsed)} of heap`],
    [
      'late by',
      `${delay.mean.toFixed(1)} ms on average, ${delay.p99.toFixed(1)} ms in one of a hundred, ${delay.max.toFixed(1)} ms at most`,
    ],
    ['waiting', `${queue.decisions} decisions, ${queue.uploads} uploads`],
    ['lines', `${lines.participants} of clients, ${lines.admins} of watchers`],
    ['processes', `${processes.others} others; this one drives ${processes.tasksDriven} tasks`],
  ])

export const auditCheckCommand = remoteCommand({
  name: 'audit check',
  summary: 'have the coordinator verify its audit log',
  line: '',
  says: 'Exit code 1 where an entry is wrong. `tributary audit verify` does it without trusting the process, where the log is kept.',
  failed: 'The audit log was not verified.',
  operands: {},
  flags: NO_FLAGS,
  switches: [],
  async run({ rest, show }) {
    const verdict = await granted(rest.GET('/api/v1/audit/verification'))
    show(verdict, ({ head, broken }) =>
      broken
        ? `Entry ${broken.sequence} is wrong: ${broken.reason}. Those before it are right, up to\n${head.sequence}:${head.hash}\n`
        : `All ${head.sequence} entries are as they were written. Keep this somewhere else:\n${head.sequence}:${head.hash}\n`,
    )
    return verdict.intact ? EXIT.done : EXIT.failed
  },
})
