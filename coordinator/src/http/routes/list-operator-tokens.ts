import { OperatorTokenPage, PageQuery } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { TokenId } from '../path-params.ts'
import { operatorTokenSummary } from '../views/token-view.ts'

export const listOperatorTokens = (api: Api, { tokens }: Pick<Services, 'tokens'>): void => {
  api.route({
    method: 'GET',
    url: '/operator-tokens',
    config: { access: { kind: 'operators', role: 'admin' } },
    schema: {
      operationId: 'listOperatorTokens',
      tags: ['access'],
      summary: 'List the tokens of operators without their texts, newest first',
      querystring: PageQuery,
      response: { 200: OperatorTokenPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: TokenId,
        keyOf: ({ id }) => id,
        list: tokens.operators,
        view: operatorTokenSummary,
      }),
  })
}
