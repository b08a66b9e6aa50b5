import { EnrolmentTokenSummary } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { TokenPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { enrolmentTokenSummary } from '../views/token-view.ts'

export const revokeEnrolmentToken = (api: Api, { tokens }: Pick<Services, 'tokens'>): void => {
  api.route({
    method: 'DELETE',
    url: '/enrolment-tokens/:token',
    config: { access: { kind: 'operators', role: 'operator' }, refuses: ['not-found'] },
    schema: {
      operationId: 'revokeEnrolmentToken',
      tags: ['clients'],
      summary: 'Take back what is left of an invitation; clients that enrolled by it stay enrolled',
      params: TokenPath,
      response: { 200: EnrolmentTokenSummary },
    },
    handler: async (request) =>
      enrolmentTokenSummary(granted(await tokens.takeBack(request.params.token, actorOf(request)))),
  })
}
