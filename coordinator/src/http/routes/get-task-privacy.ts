import { TaskPrivacyView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { TaskPath } from '../path-params.ts'
import { granted } from '../problem.ts'

export const getTaskPrivacy = (api: Api, { insight }: Pick<Services, 'insight'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/privacy',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getTaskPrivacy',
      tags: ['tasks'],
      summary: "What a task may spend of its clients' privacy, has spent, and has left",
      params: TaskPath,
      response: { 200: TaskPrivacyView },
    },
    handler: async (request) => granted(await insight.privacy(request.params.task)),
  })
}
