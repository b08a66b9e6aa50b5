import { AuditVerificationView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'

export const verifyAudit = (api: Api, { audit }: Pick<Services, 'audit'>): void => {
  api.route({
    method: 'GET',
    url: '/audit/verification',
    config: { access: { kind: 'operators', role: 'admin' } },
    schema: {
      operationId: 'verifyAudit',
      tags: ['access'],
      summary: 'Whether the hash chain of the audit log holds, and its head, to be kept elsewhere',
      response: { 200: AuditVerificationView },
    },
    handler: async () => {
      const { head, broken } = await audit.verify()
      return {
        intact: broken === undefined,
        head,
        broken: broken ? { sequence: Math.max(0, broken.sequence), reason: broken.reason } : null,
      }
    },
  })
}
