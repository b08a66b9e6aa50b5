import { EnrolmentTokenPage, PageQuery } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { TokenId } from '../path-params.ts'
import { enrolmentTokenSummary } from '../views/token-view.ts'

export const listEnrolmentTokens = (api: Api, { tokens }: Pick<Services, 'tokens'>): void => {
  api.route({
    method: 'GET',
    url: '/enrolment-tokens',
    config: { access: { kind: 'operators', role: 'operator' } },
    schema: {
      operationId: 'listEnrolmentTokens',
      tags: ['clients'],
      summary: 'List invitations without their texts, newest first',
      querystring: PageQuery,
      response: { 200: EnrolmentTokenPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: TokenId,
        keyOf: ({ id }) => id,
        list: tokens.invitations,
        view: enrolmentTokenSummary,
      }),
  })
}
