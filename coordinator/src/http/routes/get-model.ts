import { ModelView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { ModelPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { modelView } from '../views/model-view.ts'

export const getModel = (api: Api, { models }: Pick<Services, 'models'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/models/:version',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getModel',
      tags: ['models'],
      summary: 'A model version and its lineage',
      params: ModelPath,
      response: { 200: ModelView },
    },
    handler: async (request) =>
      modelView(granted(await models.get(request.params.task, request.params.version))),
  })
}
