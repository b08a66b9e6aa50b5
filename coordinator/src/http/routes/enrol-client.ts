import { EnrolmentView, EnrolRequest, restPaths } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { granted } from '../problem.ts'
import { clientView } from '../views/client-view.ts'

export const enrolClient = (api: Api, { clients, signer }: Pick<Services, 'clients' | 'signer'>): void => {
  api.route({
    method: 'POST',
    url: '/clients',
    bodyLimit: 4_096,
    config: {
      access: { kind: 'public' },
      limit: 'enrolment',
      refuses: ['unauthenticated', 'forbidden', 'token-spent', 'token-expired', 'bad-signature'],
    },
    schema: {
      operationId: 'enrolClient',
      tags: ['clients'],
      summary: 'Enrol a public key by an enrolment token',
      description:
        'The token in the body is the right to ask. Enrolling the same key again is answered the same. The answer says whom the client has enrolled with: it pins that key.',
      body: EnrolRequest,
      response: { 201: EnrolmentView },
    },
    handler: async (request, reply) => {
      const client = granted(await clients.enrol(request.body))
      reply.code(201).header('location', restPaths.client(client.id))
      return { ...clientView(client), coordinator: signer.coordinator }
    },
  })
}
