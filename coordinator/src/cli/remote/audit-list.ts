import * as z from 'zod'
import { everyItem, granted, type Schemas } from '../../rest-client/rest-client.ts'
import { LIMIT_USAGE, limitFlag, remoteCommand, taken, timeText } from './remote-command.ts'

type AuditRecord = Schemas['AuditRecordView']

export const auditListCommand = remoteCommand({
  name: 'audit list',
  summary: 'who did what, oldest first',
  line: '[--limit N]',
  says: 'For admins. `tributary audit verify` checks that nobody changed it.',
  explained: LIMIT_USAGE,
  failed: 'The audit log cannot be listed.',
  operands: {},
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, flags, show, table }) {
    const records = await taken(
      everyItem((query) => granted(rest.GET('/api/v1/audit', { params: { query } }))),
      flags.limit,
    )
    return show(records, () =>
      table<AuditRecord>(
        [
          { title: 'ENTRY', text: ({ sequence }) => sequence, side: 'right' },
          { title: 'AT', text: ({ at }) => timeText(at) },
          { title: 'WHO', text: ({ actor }) => actor },
          { title: 'ACTION', text: ({ action }) => action },
          { title: 'WHAT', text: ({ subject }) => subject },
          { title: 'DETAIL', text: ({ detail }) => detailText(detail) },
        ],
        records,
      ),
    )
  },
})

const detailText = (detail: AuditRecord['detail']): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
