import type { TaskCheckView } from '@tributary/protocols/rest'
import * as z from 'zod'
import { granted } from '../../rest-client/rest-client.ts'
import { plainText } from '../../terminal/terminal-text.ts'
import { EXIT } from '../exit-codes.ts'
import { bytesText } from './bytes-text.ts'
import { NO_FLAGS, remoteCommand } from './remote-command.ts'
import { FILE_USAGE, readTaskJson } from './task-file.ts'

export const tasksCheckCommand = remoteCommand({
  name: 'tasks check',
  summary: 'what the coordinator would say to a task file, without making the task',
  line: '<file>',
  says: 'Exit code 1 where it has mistakes; each is named at its place.',
  explained: FILE_USAGE,
  failed: 'The file was not checked.',
  operands: { file: z.string().min(1) },
  flags: NO_FLAGS,
  switches: [],
  async run({ rest, operands, show, call }) {
    const body = await readTaskJson(operands.file, call)
    const check = await granted(rest.POST('/api/v1/task-checks', { body }))
    show(check, checkText)
    return check.mistakes.length === 0 ? EXIT.done : EXIT.failed
  },
})

const checkText = ({ mistakes, size }: TaskCheckView): string =>
  mistakes.length > 0
    ? mistakes
        .map(({ path, message }) => plainText(`${path || 'the whole'}: ${message}`))
        .join('\n')
        .concat('\n')
    : `It would be taken${size ? `: ${size.parameters} parameters; in a round a client receives ${bytesText(size.bytesDown)} and sends ${bytesText(size.bytesUp)}` : ''}.\n`
