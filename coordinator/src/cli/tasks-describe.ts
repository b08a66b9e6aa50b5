import { describeTask, descriptionText } from '@tributary/protocols/describe'
import * as z from 'zod'
import { readTextFile } from '../adapters/files/text-file.ts'
import { readSettings } from '../settings/read-settings.ts'
import { type Command, printJson } from './command.ts'

export const tasksDescribeCommand: Command = {
  name: 'tasks describe',
  summary: 'what a task file asks of its clients: layers, bytes a round, memory of training',
  usage: `tributary tasks describe --task FILE [--json]

Reads a task file, or an assignment, and nothing else. Says its layers and their parameters, which are trained and which frozen, what a client
downloads once and in each round, what it sends, and about how much memory a training takes.

  --task FILE            the task file
  --json                 the answer as JSON
`,
  failed: 'The task cannot be described.',
  async run(call) {
    const { flags, isOn } = readSettings(
      {
        settings: z.object({}),
        flags: z.object({ task: z.string('is missing').min(1, 'must name a task file') }),
        fromFiles: [],
        switches: ['json'],
        operands: [],
      },
      { ...call, readText: readTextFile },
    )
    const described = describeTask(JSON.parse(readTextFile(flags.task)))
    if (isOn('json')) printJson(call, described)
    else call.print(descriptionText(described))
    return 0
  },
}
