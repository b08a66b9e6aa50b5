import { SignedModelView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { ModelPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { modelView } from '../views/model-view.ts'

export const getModel = (
  api: Api,
  { models, tasks, signer }: Pick<Services, 'models' | 'tasks' | 'signer'>,
): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/models/:version',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getModel',
      tags: ['models'],
      summary: 'A model version and its lineage, as the coordinator has signed it for clients',
      params: ModelPath,
      response: { 200: SignedModelView },
    },
    handler: async ({ params }) => {
      const model = granted(await models.get(params.task, params.version))
      const { task } = granted(await tasks.get(params.task))
      const { assignment } = task
      const { coordinator } = signer
      return { ...modelView(model), signed: { coordinator, assignment, signature: signer.sign(task, model) } }
    },
  })
}
