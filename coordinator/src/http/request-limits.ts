/** How much of the interface one caller may have: RFC 6585, section 4. */
import { isIPv6 } from 'node:net'
import { unreachable } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestLimits } from '../settings/sign-in-settings.ts'
import type { Principal } from './access.ts'
import { type Budget, createBudget } from './budget.ts'
import { deny } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `off`: monitors ask, and are never refused for asking often. The others take a secret, and so few that are wrong;
     * enrolments that succeed are not counted, for a whole fleet may come from one address.
     */
    limit?: 'off' | 'sign-in' | 'enrolment'
  }
}

type Needs = { clock: Pick<Clock, 'now'>; limits: RequestLimits }

/** To be called before `guardRoutes`: what an address has used up is refused before anything is looked up for it. */
export const limitAddresses = (app: FastifyInstance, { clock, limits }: Needs): void => {
  const guesses = createBudget({ clock, perMinute: limits.guessesPerMinute })
  const anonymous = optional(clock, limits.perMinute)
  app.addHook('onRequest', async (request) => {
    const { limit } = request.routeOptions.config
    if (takesSecret(limit)) refuseSpent(guesses, guessOf(request), 'wrong tokens')
    if (isCounted(request)) refuseSpent(anonymous, addressOf(request), 'requests')
  })
  app.addHook('onResponse', async (request, { statusCode }) => {
    const { limit, access } = request.routeOptions.config
    if (takesSecret(limit) && statusCode === 401) guesses.take(guessOf(request))
    if (isCounted(request) && (access?.kind === 'public' || statusCode === 401))
      anonymous?.take(addressOf(request))
  })
}

type Limit = FastifyContextConfig['limit']

const takesSecret = (limit: Limit): boolean => limit === 'sign-in' || limit === 'enrolment'

/** A fleet that tries a spent invitation keeps no operator behind the same address from signing in. */
const guessOf = (request: FastifyRequest): string =>
  `${request.routeOptions.config.limit} ${addressOf(request)}`

/** What an address asks of which nobody else's budget is used. Fleets share one, and their sessions are checked without looking anything up. */
const isCounted = ({ routeOptions: { config } }: FastifyRequest): boolean =>
  (config.limit === undefined || config.limit === 'sign-in') &&
  config.access?.kind !== 'clients' &&
  config.access?.kind !== 'clients-or-operators'

/** To be called after `guardRoutes`: everyone who is known has a budget of their own. */
export const limitCallers = (app: FastifyInstance, { clock, limits }: Needs): void => {
  const budget = optional(clock, limits.perMinute)
  app.addHook('onRequest', async ({ principal, routeOptions }) => {
    const caller = callerOf(principal)
    if (caller === undefined || routeOptions.config.limit === 'off') return
    refuseSpent(budget, caller, 'requests')
    budget?.take(caller)
  })
}

const optional = (clock: Pick<Clock, 'now'>, perMinute: number | 'off'): Budget | undefined =>
  perMinute === 'off' ? undefined : createBudget({ clock, perMinute })

const refuseSpent = (budget: Budget | undefined, key: string, what: string): void => {
  const seconds = Math.ceil((budget?.waitMs(key) ?? 0) / 1_000)
  if (seconds > 0)
    throw deny('too-many-requests', `There were too many ${what} from here. Try again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
      about: { retryAfterSeconds: seconds },
    })
}

const callerOf = (principal: Principal): string | undefined => {
  switch (principal.kind) {
    case 'anonymous':
      return undefined
    case 'operator':
      return principal.session ? `session ${principal.session.id}` : `operator ${principal.actor.id}`
    case 'client':
      return principal.client
    default:
      return unreachable(principal)
  }
}

/** Whoever has one address of IPv6 has the 2⁶⁴ beside it. */
const addressOf = ({ ip }: FastifyRequest): string => {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip
  const [head = '', tail = ''] = ip.split('::')
  const [before, after] = [head, tail].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ]
  const zeros = ip.includes('::') ? Array.from({ length: 8 - before.length - after.length }, () => '0') : []
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
