import { createHash } from 'node:crypto'
import type { Claims } from '../ports/identity-provider.ts'
import type { Role } from '../ports/records.ts'
import type { OidcOptions } from '../settings/sign-in-settings.ts'

type Terms = Pick<OidcOptions, 'issuer' | 'clientId' | 'roleClaims' | 'roles'>

const HIGHEST_FIRST: readonly Role[] = ['admin', 'operator', 'viewer']

/** The highest role that any value of any of the claims stands for; none where none does. Values count as they are written. */
export const roleOf = (
  claims: Claims,
  { roleClaims, roles }: Pick<Terms, 'roleClaims' | 'roles'>,
): Role | undefined => {
  const values = new Set(roleClaims.flatMap((name) => valuesOf(claims, name)))
  return HIGHEST_FIRST.find((role) => roles[role].some((value) => values.has(value)))
}

/** Whether the provider said anything by which somebody could have a role. */
export const saysRoles = (claims: Claims, { roleClaims }: Pick<Terms, 'roleClaims'>): boolean =>
  roleClaims.some((name) => valuesOf(claims, name).length > 0)

/** What a person is called: the first of the usual claims that there is. */
export const nameOf = (claims: Claims): string => {
  for (const name of ['name', 'preferred_username', 'email']) {
    const value = claims[name]
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, 200)
  }
  return claims.sub
}

/**
 * Everything by which people have their roles, as one short text: sessions that began under other terms are over, and
 * nobody keeps what was taken from them.
 */
export const termsOf = ({ issuer, clientId, roleClaims, roles }: Terms): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, clientId, roleClaims, roles.admin, roles.operator, roles.viewer]))
    .digest('hex')

/** A claim of that whole name, or else one inside others: `realm_access.roles`. An address counts only when it is verified. */
const valuesOf = (claims: Claims, name: string): string[] => {
  if (name === 'email' && claims.email_verified !== true) return []
  const found = Object.hasOwn(claims, name) ? claims[name] : inside(claims, name.split('.'))
  return [found].flat().filter((value) => typeof value === 'string')
}

const inside = (value: unknown, [name, ...rest]: readonly string[]): unknown => {
  if (name === undefined) return value
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? inside(Reflect.get(value, name), rest)
    : undefined
}
