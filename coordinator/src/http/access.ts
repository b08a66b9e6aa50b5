/** Who may call a route: every route says, and nothing is read of a request before that is settled. */
import type { ClientId } from '@tributary/protocols'
import { CSRF_HEADER } from '@tributary/protocols/rest'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pastOf } from '../clients/past-of.ts'
import type { Role } from '../ports/records.ts'
import { isRefusal } from '../refusal.ts'
import type { AccessService, Actor, ClientService, SessionService, SignedIn } from '../services.ts'
import { refuseForged } from './csrf.ts'
import { deny, granted } from './problem.ts'
import { isSecure, type PublicUrl, sessionCookieOf } from './session-cookie.ts'
import { whence } from './whence.ts'

export type Access =
  /** Anyone. */
  | { kind: 'public' }
  /** An operator of this role or above, by token or by a browser's session. */
  | { kind: 'operators'; role: Role }
  /** A client's session token. */
  | { kind: 'clients' }
  /** A client's session token, or an operator of this role or above. */
  | { kind: 'clients-or-operators'; role: Role }

export type Principal =
  | { kind: 'anonymous' }
  /** `session`: of the browser that asks; none where a token came. */
  | { kind: 'operator'; actor: Actor; session: SignedIn | undefined }
  | { kind: 'client'; client: ClientId }

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    principal: Principal
  }
}

export type AccessNeeds = {
  access: Pick<AccessService, 'operator' | 'session'>
  sessions: Pick<SessionService, 'find'>
  clients: Pick<ClientService, 'get'>
  publicUrl: PublicUrl
}

/** Makes every route registered from here on answer to its `config.access`; one that has none stops the start. */
export const guardRoutes = (app: FastifyInstance, needs: AccessNeeds): void => {
  app.decorateRequest('principal')
  app.addHook('onRoute', (route) => {
    if (!route.config?.access) throw new Error(`${route.method} ${route.url} does not say who may call it`)
  })
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access ?? { kind: 'public' }
    request.principal = access.kind === 'public' ? { kind: 'anonymous' } : await admit(needs, access, request)
  })
}

/** The operator who asks. */
export const actorOf = (request: FastifyRequest): Actor => {
  if (request.principal.kind !== 'operator')
    throw new Error(`${request.routeOptions.url} is not for operators`)
  return request.principal.actor
}

/** The session of the browser that asks. @throws DeniedError where a token came instead. */
export const sessionOf = (request: FastifyRequest): SignedIn => {
  const { principal } = request
  if (principal.kind === 'operator' && principal.session) return principal.session
  throw deny('not-found', 'A token came with this and no cookie: it is in no session.')
}

/** The client who asks. */
export const clientOf = (request: FastifyRequest): ClientId => {
  if (request.principal.kind !== 'client') throw new Error(`${request.routeOptions.url} is not for clients`)
  return request.principal.client
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }
const OPERATOR_PREFIX = 'tro_'

/** A token goes before a cookie: pages cannot make a browser send one. */
const admit = async (
  needs: AccessNeeds,
  access: Exclude<Access, { kind: 'public' }>,
  request: FastifyRequest,
): Promise<Principal> => {
  const bearer = bearerOf(request)
  if (access.kind === 'clients')
    return { kind: 'client', client: await admitClient(needs, bearer ?? missing()) }
  if (bearer !== undefined && access.kind === 'clients-or-operators' && !isOperators(bearer))
    return { kind: 'client', client: await admitClient(needs, bearer) }
  const principal = await admitOperator(needs, request, bearer)
  const { actor } = principal
  if (RANK[actor.role] < RANK[access.role])
    throw deny(
      'forbidden',
      `This needs the role ${access.role}; “${actor.name}” has the role ${actor.role}.`,
      { about: { needed: access.role, role: actor.role } },
    )
  return principal
}

const admitOperator = async (
  { access, sessions, publicUrl }: AccessNeeds,
  request: FastifyRequest,
  bearer: string | undefined,
): Promise<Extract<Principal, { kind: 'operator' }>> => {
  if (bearer !== undefined)
    return { kind: 'operator', actor: granted(await access.operator(bearer)), session: undefined }
  const cookie = sessionCookieOf(request.cookies, { secure: isSecure(request, publicUrl) })
  const from = whence(request.headers, [request.host, publicUrl && new URL(publicUrl).host])
  if (cookie === undefined || from === 'foreign') return missing()
  const session = granted(await sessions.find(cookie))
  refuseForged({ method: request.method, from, csrf: request.headers[CSRF_HEADER] }, session)
  return { kind: 'operator', actor: session.actor, session }
}

const missing = (): never => {
  throw deny('unauthenticated', 'This needs a token: send it as Authorization: Bearer <token>.')
}

const isOperators = (bearer: string): boolean => bearer.startsWith(OPERATOR_PREFIX)

/** A session says which client it was handed to; whether the client is still welcome is looked up. */
const admitClient = async (
  needs: Pick<AccessNeeds, 'access' | 'clients'>,
  bearer: string,
): Promise<ClientId> => {
  const id = granted(needs.access.session(bearer))
  const client = await needs.clients.get(id)
  if (isRefusal(client))
    throw deny('unauthenticated', `Client ${id} is not enrolled here.`, { about: { client: id } })
  if (client.status !== 'active')
    throw deny('forbidden', `Client ${id} has ${pastOf(client.status)}.`, { about: { client: id } })
  return id
}

/** RFC 6750, section 2.1: the token of an `Authorization: Bearer` header, where there is such a header. */
const bearerOf = (request: FastifyRequest): string | undefined => {
  const header = request.headers.authorization
  if (header === undefined) return undefined
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1]
  if (token === undefined)
    throw deny('unauthenticated', 'The Authorization header is not of the form Bearer <token>.')
  return token
}
