import { restPaths, SessionView, SignInRequest } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { deny, granted } from '../problem.ts'
import { isSecure, type PublicUrl, setSessionCookie } from '../session-cookie.ts'
import { sessionView } from '../views/session-view.ts'
import { whence } from '../whence.ts'

export const openSession = (
  api: Api,
  { sessions, publicUrl }: Pick<Services, 'sessions'> & { publicUrl: PublicUrl },
): void => {
  api.route({
    method: 'POST',
    url: '/session',
    bodyLimit: 4_096,
    config: {
      access: { kind: 'public' },
      limit: 'sign-in',
      refuses: ['unauthenticated', 'csrf'],
    },
    schema: {
      operationId: 'openSession',
      tags: ['access'],
      summary: 'Sign a browser in by an operator token',
      description:
        'Sets a cookie that scripts cannot read. The session holds for 12 hours, or an hour unused.',
      body: SignInRequest,
      response: { 201: SessionView },
    },
    handler: async (request, reply) => {
      // A foreign page that signs a visitor in as somebody else would see what the visitor then does.
      if (whence(request.headers, [request.host, publicUrl && new URL(publicUrl).host]) === 'foreign')
        throw deny('csrf', 'Another site’s page sent this. Sign in at the console itself.')
      const { cookie, session } = granted(await sessions.open(request.body.token))
      const secure = isSecure(request, publicUrl)
      setSessionCookie(reply, cookie, { secure, expiresAt: session.expiresAt })
      reply.code(201).header('location', restPaths.session)
      return sessionView(session)
    },
  })
}
