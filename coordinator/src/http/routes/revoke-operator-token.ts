import { OperatorTokenSummary } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { TokenPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { operatorTokenSummary } from '../views/token-view.ts'

export const revokeOperatorToken = (api: Api, { tokens }: Pick<Services, 'tokens'>): void => {
  api.route({
    method: 'DELETE',
    url: '/operator-tokens/:token',
    config: { access: { kind: 'operators', role: 'admin' }, refuses: ['not-found', 'last-admin'] },
    schema: {
      operationId: 'revokeOperatorToken',
      tags: ['access'],
      summary: "Revoke an operator's token: nothing more is taken under it",
      params: TokenPath,
      response: { 200: OperatorTokenSummary },
    },
    handler: async (request) =>
      operatorTokenSummary(granted(await tokens.revokeOperator(request.params.token, actorOf(request)))),
  })
}
