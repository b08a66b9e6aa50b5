import * as z from 'zod'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { granted } from '../problem.ts'

const SessionParams = z.object({ session: z.string().regex(/^[0-9a-f]{24}$/, 'is not the id of a session') })

export const endSession = (api: Api, { sessions }: Pick<Services, 'sessions'>): void => {
  api.route({
    method: 'DELETE',
    url: '/sessions/:session',
    config: { access: { kind: 'operators', role: 'admin' }, refuses: ['not-found'] },
    schema: {
      operationId: 'endSession',
      tags: ['access'],
      summary: 'Sign another browser out',
      params: SessionParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      granted(await sessions.end(request.params.session, actorOf(request)))
      return reply.code(204).send()
    },
  })
}
