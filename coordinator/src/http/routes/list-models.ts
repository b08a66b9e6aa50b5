import { ModelVersion } from '@tributary/protocols'
import { ModelPage, PageQuery } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { TaskPath } from '../path-params.ts'
import { modelView } from '../views/model-view.ts'

export const listModels = (api: Api, { models }: Pick<Services, 'models'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/models',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'listModels',
      tags: ['models'],
      summary: "List a task's model versions, newest first",
      params: TaskPath,
      querystring: PageQuery,
      response: { 200: ModelPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: ModelVersion,
        keyOf: ({ version }) => version,
        list: (page) => models.list(request.params.task, page),
        view: modelView,
      }),
  })
}
