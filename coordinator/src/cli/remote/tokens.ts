import { RoleName } from '@tributary/protocols/rest'
import * as z from 'zod'
import { granted } from '../../rest-client/rest-client.ts'
import { remoteCommand } from './remote-command.ts'

export const tokensCreateCommand = remoteCommand({
  name: 'tokens create',
  summary: 'a token for somebody who operates the coordinator, or for a script',
  line: '--name NAME --role ROLE',
  says: 'The token is shown this once. It alone stands on stdout, so that a script can take it.',
  explained: `  --name NAME            for people: who or what has it
  --role ROLE            viewer reads; operator runs tasks, models and fleet; admin does everything
`,
  failed: 'No token was made.',
  operands: {},
  flags: z.object({
    name: z.string('is missing: say who gets it').min(1, 'must say who gets it').max(200),
    role: z.enum(RoleName.options, `must be one of ${RoleName.options.join(', ')}`),
  }),
  switches: [],
  async run({ rest, flags, show, call }) {
    const made = await granted(rest.POST('/api/v1/operator-tokens', { body: flags }))
    call.complain(`Token ${made.id} with the role ${made.role}. It is shown this once:\n`)
    return show(made, ({ token }) => `${token}\n`)
  },
})
