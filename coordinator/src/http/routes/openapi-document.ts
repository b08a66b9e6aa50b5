import type { Api } from '../api.ts'

export const openapiDocument = (api: Api): void => {
  api.route({
    method: 'GET',
    url: '/openapi.json',
    config: { access: { kind: 'public' } },
    schema: { hide: true },
    handler: (_request, reply) => reply.send(api.swagger()),
  })
}
