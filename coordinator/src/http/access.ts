/** Who may call a route: every route says, and nothing is read of a request before that is settled. */
import type { ClientId } from '@tributary/protocols'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Role } from '../ports/records.ts'
import { isRefusal } from '../refusal.ts'
import type { AccessService, Actor, ClientService } from '../services.ts'
import { deny, granted } from './problem.ts'

export type Access =
  /** Anyone. */
  | { kind: 'public' }
  /** An operator's token of this role or above. */
  | { kind: 'operators'; role: Role }
  /** A client's session token. */
  | { kind: 'clients' }
  /** A client's session token, or an operator's of this role or above. */
  | { kind: 'clients-or-operators'; role: Role }

export type Principal =
  | { kind: 'anonymous' }
  | { kind: 'operator'; actor: Actor }
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
  clients: Pick<ClientService, 'get'>
}

/** Makes every route registered from here on answer to its `config.access`; one that has none stops the start. */
export const guardRoutes = (app: FastifyInstance, needs: AccessNeeds): void => {
  app.decorateRequest('principal')
  app.addHook('onRoute', (route) => {
    if (!route.config?.access) throw new Error(`${route.method} ${route.url} does not say who may call it`)
  })
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access ?? { kind: 'public' }
    request.principal =
      access.kind === 'public' ? { kind: 'anonymous' } : await admit(needs, access, bearerOf(request))
  })
}

/** The operator who asks. */
export const actorOf = (request: FastifyRequest): Actor => {
  if (request.principal.kind !== 'operator')
    throw new Error(`${request.routeOptions.url} is not for operators`)
  return request.principal.actor
}

/** The client who asks. */
export const clientOf = (request: FastifyRequest): ClientId => {
  if (request.principal.kind !== 'client') throw new Error(`${request.routeOptions.url} is not for clients`)
  return request.principal.client
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }
const OPERATOR_PREFIX = 'tro_'

const admit = async (
  needs: AccessNeeds,
  access: Exclude<Access, { kind: 'public' }>,
  bearer: string,
): Promise<Principal> => {
  const asClient =
    access.kind === 'clients' || (access.kind === 'clients-or-operators' && !isOperators(bearer))
  if (asClient) return { kind: 'client', client: await admitClient(needs, bearer) }
  const actor = granted(await needs.access.operator(bearer))
  const { role } = access
  if (RANK[actor.role] < RANK[role])
    throw deny(
      'forbidden',
      `This needs the role ${role}; the token “${actor.name}” has the role ${actor.role}.`,
      {
        about: { needed: role, role: actor.role },
      },
    )
  return { kind: 'operator', actor }
}

const isOperators = (bearer: string): boolean => bearer.startsWith(OPERATOR_PREFIX)

/** A session says which client it was handed to; whether the client is still welcome is looked up. */
const admitClient = async (needs: AccessNeeds, bearer: string): Promise<ClientId> => {
  const id = granted(needs.access.session(bearer))
  const client = await needs.clients.get(id)
  if (isRefusal(client))
    throw deny('unauthenticated', `Client ${id} is not enrolled here.`, { about: { client: id } })
  if (client.status === 'revoked')
    throw deny('forbidden', `Client ${id} has been revoked.`, { about: { client: id } })
  return id
}

/** RFC 6750, section 2.1: the token of an `Authorization: Bearer` header. */
const bearerOf = (request: FastifyRequest): string => {
  const header = request.headers.authorization
  if (header === undefined)
    throw deny('unauthenticated', 'This needs a token: send it as Authorization: Bearer <token>.')
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1]
  if (token === undefined)
    throw deny('unauthenticated', 'The Authorization header is not of the form Bearer <token>.')
  return token
}
