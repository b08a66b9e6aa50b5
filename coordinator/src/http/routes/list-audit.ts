import { AuditPage, PageQuery } from '@tributary/protocols/rest'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { auditView } from '../views/audit-view.ts'

export const listAudit = (api: Api, { audit }: Pick<Services, 'audit'>): void => {
  api.route({
    method: 'GET',
    url: '/audit',
    config: { access: { kind: 'operators', role: 'admin' } },
    schema: {
      operationId: 'listAudit',
      tags: ['access'],
      summary: 'Who did what, oldest first, as a hash chain',
      querystring: PageQuery,
      response: { 200: AuditPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: z.int().min(0),
        keyOf: ({ sequence }) => sequence,
        list: audit.list,
        view: auditView,
      }),
  })
}
