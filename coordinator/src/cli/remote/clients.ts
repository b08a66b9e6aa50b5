import { ClientId } from '@tributary/protocols'
import { ClientQuery } from '@tributary/protocols/rest'
import { renderUnicodeCompact } from 'uqr'
import * as z from 'zod'
import { actKey, everyItem, granted, type Schemas } from '../../rest-client/rest-client.ts'
import { textFields } from '../text-table.ts'
import { LIMIT_USAGE, limitFlag, NO_FLAGS, remoteCommand, taken, timeText } from './remote-command.ts'

type ClientView = Schemas['ClientView']

export const clientsListCommand = remoteCommand({
  name: 'clients list',
  summary: 'the fleet',
  line: '[--online] [--status STATUS] [--search ID] [--limit N]',
  says: 'In the order of their ids.',
  explained: `  --online               those on the line at this moment alone
  --status STATUS        active, revoked or withdrawn
  --search ID            what the id begins with
${LIMIT_USAGE}`,
  failed: 'The clients cannot be listed.',
  operands: {},
  flags: z.object({
    ...limitFlag,
    status: ClientQuery.shape.status,
    search: ClientQuery.shape.search,
  }),
  switches: ['online'],
  async run({ rest, flags, isOn, show, table }) {
    const { status, search } = flags
    const filter = {
      ...(status !== undefined && { status }),
      ...(search !== undefined && { search }),
      ...(isOn('online') && { online: 'true' as const }),
    }
    const clients = await taken(
      everyItem((page) =>
        granted(rest.GET('/api/v1/clients', { params: { query: { ...page, ...filter } } })),
      ),
      flags.limit,
    )
    return show(clients, () =>
      clients.length === 0
        ? `There are no ${Object.keys(filter).length > 0 ? 'such clients' : 'clients. `tributary clients invite` prints a token by which they enrol'}.\n`
        : table<ClientView>(
            [
              { title: 'CLIENT', text: ({ id }) => id },
              { title: 'STATUS', text: ({ status }) => status },
              { title: 'LINE', text: lineText },
              { title: 'ENROLLED', text: ({ enrolledAt }) => timeText(enrolledAt) },
              { title: 'INVITATION', text: ({ enrolledBy }) => enrolledBy || '-' },
            ],
            clients,
          ),
    )
  },
})

const lineText = ({ online, waitingFor = [] }: ClientView): string =>
  online ? (waitingFor.length > 0 ? `waiting for ${waitingFor.join(', ')}` : 'on the line') : '-'

export const clientsShowCommand = remoteCommand({
  name: 'clients show',
  summary: 'one client',
  line: '<client>',
  says: 'A client is named as in c- and 32 hex digits. `tributary clients rounds` shows what it did.',
  failed: 'The client cannot be shown.',
  operands: { client: ClientId },
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(await granted(rest.GET('/api/v1/clients/{client}', { params: { path: operands } })), clientText),
})

type ClientRound = Schemas['ClientRoundView']

export const clientsRoundsCommand = remoteCommand({
  name: 'clients rounds',
  summary: 'the rounds that a client was invited to, newest first',
  line: '<client> [--limit N]',
  says: 'And what became of its part.',
  explained: LIMIT_USAGE,
  failed: 'The client’s rounds cannot be listed.',
  operands: { client: ClientId },
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, operands, flags, show, table }) {
    const rounds = await taken(
      everyItem((query) =>
        granted(rest.GET('/api/v1/clients/{client}/rounds', { params: { path: operands, query } })),
      ),
      flags.limit,
    )
    return show(rounds, () =>
      rounds.length === 0
        ? 'It was not invited to a round yet.\n'
        : table<ClientRound>(
            [
              { title: 'ROUND', text: ({ task, number }) => `${task}.${number}` },
              { title: 'OUTCOME', text: ({ outcome }) => outcome },
              { title: 'PART', text: ({ member }) => member.status },
              { title: 'SINCE', text: ({ member }) => timeText(member.since) },
              { title: 'REASON', text: ({ member }) => ('reason' in member ? member.reason : '') },
            ],
            rounds,
          ),
    )
  },
})

const uses = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'must be a whole number, 1 to 1000000')
  .transform(Number)

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

const span = z.string().transform((text, context) => {
  const [, number, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? []
  if (number !== undefined) return Number(number) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS]
  context.addIssue('must be a time as in 90m, 12h or 7d')
  return z.NEVER
})

export const clientsInviteCommand = remoteCommand({
  name: 'clients invite',
  summary: 'a token by which clients enrol',
  line: '[--name NAME] [--uses N] [--expires TIME] [--qr]',
  says: 'The token is shown this once. It alone stands on stdout, so that a script can take it.',
  explained: `  --name NAME            for people: where it goes (command line)
  --uses N               how many clients can enrol by it (1)
  --expires TIME         until when: 90m, 12h, 7d (7d)
  --qr                   draw it as a QR code too, on stderr
`,
  failed: 'No invitation was made.',
  operands: {},
  flags: z.object({
    name: z.string().min(1).max(200).default('command line'),
    uses: uses.default(1),
    expires: span.default(7 * UNIT_SECONDS.d),
  }),
  switches: ['qr'],
  async run({ rest, flags, isOn, show, call }) {
    const invitation = await granted(
      rest.POST('/api/v1/enrolment-tokens', {
        params: { header: actKey() },
        body: { name: flags.name, uses: flags.uses, expiresInSeconds: flags.expires },
      }),
    )
    const { usesLeft, expiresAt, token } = invitation
    if (isOn('qr')) call.complain(`${renderUnicodeCompact(token)}\n`)
    call.complain(
      `For ${usesLeft} ${usesLeft === 1 ? 'client' : 'clients'}, until ${timeText(expiresAt)}. It is shown this once:\n`,
    )
    return show(invitation, () => `${token}\n`)
  },
})

export const clientsRevokeCommand = remoteCommand({
  name: 'clients revoke',
  summary: 'shut a client out',
  line: '<client>',
  says: 'Its line is cut, its key is refused from now on. There is no way back: it can enrol anew with another key.',
  failed: 'The client was not revoked.',
  operands: { client: ClientId },
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(
      await granted(rest.DELETE('/api/v1/clients/{client}', { params: { path: operands } })),
      ({ id }) => `Client ${id} is revoked.\n`,
    ),
})

const clientText = (client: ClientView): string =>
  textFields([
    ['client', client.id],
    ['status', client.status],
    ['line', client.online === undefined ? undefined : lineText(client)],
    ['enrolled', timeText(client.enrolledAt)],
    ['by invitation', client.enrolledBy || undefined],
    ['public key', client.publicKey],
  ])
