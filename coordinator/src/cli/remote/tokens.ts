import { type EnrolmentTokenSummary, type OperatorTokenSummary, RoleName } from '@tributary/protocols/rest'
import * as z from 'zod'
import { everyItem, granted } from '../../rest-client/rest-client.ts'
import { LIMIT_USAGE, limitFlag, NO_FLAGS, remoteCommand, taken, timeText } from './remote-command.ts'

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

export const tokensListCommand = remoteCommand({
  name: 'tokens list',
  summary: 'the tokens of those who operate the coordinator',
  line: '[--limit N]',
  says: 'Without their texts, which nobody has any more.',
  explained: LIMIT_USAGE,
  failed: 'The tokens cannot be listed.',
  operands: {},
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, flags, show, table }) {
    const tokens = await taken(
      everyItem((query) => granted(rest.GET('/api/v1/operator-tokens', { params: { query } }))),
      flags.limit,
    )
    return show(tokens, () =>
      table<OperatorTokenSummary>(
        [
          { title: 'TOKEN', text: ({ id }) => id },
          { title: 'NAME', text: ({ name }) => name },
          { title: 'ROLE', text: ({ role }) => role },
          { title: 'STATUS', text: ({ status }) => status },
          { title: 'MADE', text: ({ createdAt }) => timeText(createdAt) },
        ],
        tokens,
      ),
    )
  },
})

const tokenOperand = {
  token: z.string().regex(/^[0-9a-f]{24}$/, 'is the id of a token: 24 hex digits, as lists show it'),
}

export const tokensRevokeCommand = remoteCommand({
  name: 'tokens revoke',
  summary: 'make a token worth nothing',
  line: '<token>',
  says: 'A token is named by its id, as `tributary tokens list` shows it; never by its text.',
  failed: 'The token was not revoked.',
  operands: tokenOperand,
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(
      await granted(rest.DELETE('/api/v1/operator-tokens/{token}', { params: { path: operands } })),
      ({ id }) => `Token ${id} is revoked.\n`,
    ),
})

export const clientsInvitationsCommand = remoteCommand({
  name: 'clients invitations',
  summary: 'the tokens by which clients can enrol',
  line: '[--limit N]',
  says: 'Without their texts, which nobody has any more.',
  explained: LIMIT_USAGE,
  failed: 'The invitations cannot be listed.',
  operands: {},
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, flags, show, table }) {
    const invitations = await taken(
      everyItem((query) => granted(rest.GET('/api/v1/enrolment-tokens', { params: { query } }))),
      flags.limit,
    )
    return show(invitations, () =>
      table<EnrolmentTokenSummary>(
        [
          { title: 'INVITATION', text: ({ id }) => id },
          { title: 'NAME', text: ({ name }) => name },
          { title: 'USES LEFT', text: ({ usesLeft }) => usesLeft, side: 'right' },
          { title: 'EXPIRES', text: ({ expiresAt }) => timeText(expiresAt) },
          { title: 'MADE', text: ({ createdAt }) => timeText(createdAt) },
        ],
        invitations,
      ),
    )
  },
})

export const clientsUninviteCommand = remoteCommand({
  name: 'clients uninvite',
  summary: 'take back what is left of an invitation',
  line: '<invitation>',
  says: 'Clients that came by it stay.',
  failed: 'The invitation was not taken back.',
  operands: { invitation: tokenOperand.token },
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands: { invitation }, show }) =>
    show(
      await granted(
        rest.DELETE('/api/v1/enrolment-tokens/{token}', {
          params: { path: { token: invitation } },
        }),
      ),
      ({ id }) => `Invitation ${id} is taken back.\n`,
    ),
})
