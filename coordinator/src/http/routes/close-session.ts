import * as z from 'zod'
import type { Services } from '../../services.ts'
import { actorOf, sessionOf } from '../access.ts'
import type { Api } from '../api.ts'
import { granted } from '../problem.ts'
import { clearSessionCookie, isSecure, type PublicUrl } from '../session-cookie.ts'

export const closeSession = (
  api: Api,
  { sessions, publicUrl }: Pick<Services, 'sessions'> & { publicUrl: PublicUrl },
): void => {
  api.route({
    method: 'DELETE',
    url: '/session',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'closeSession',
      tags: ['access'],
      summary: 'Sign this browser out',
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      granted(await sessions.end(sessionOf(request).id, actorOf(request)))
      clearSessionCookie(reply, { secure: isSecure(request, publicUrl) })
      return reply.code(204).send()
    },
  })
}
