import { SignInView } from '@tributary/protocols/rest'
import type { Api } from '../api.ts'

export const getSignIn = (api: Api, { oidc }: { oidc: SignInView['oidc'] }): void => {
  api.route({
    method: 'GET',
    url: '/sign-in',
    config: { access: { kind: 'public' } },
    schema: {
      operationId: 'getSignIn',
      tags: ['access'],
      summary: 'How a person at a browser can sign in',
      response: { 200: SignInView },
    },
    handler: async () => ({ oidc }),
  })
}
