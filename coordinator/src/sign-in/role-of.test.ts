import { describe, expect, test } from 'vitest'
import { nameOf, roleOf, saysRoles, termsOf } from './role-of.ts'

const roles = { admin: ['fl-admins'], operator: ['fl-ops', 'on-call'], viewer: ['staff'] }
const usual = { roleClaims: ['roles', 'groups'], roles }
const of = (claims: Record<string, unknown>, terms = usual) => roleOf({ sub: 'eve', ...claims }, terms)

describe('the role of a person', () => {
  test.each([
    ['one value', { roles: ['staff'] }, 'viewer'],
    ['a value that is no list', { roles: 'fl-ops' }, 'operator'],
    ['another claim', { groups: ['on-call'] }, 'operator'],
    ['the highest of several', { groups: ['staff', 'fl-ops'], roles: ['nobody', 'fl-admins'] }, 'admin'],
    ['no value that counts', { roles: ['fl-admins-2', 'FL-ADMINS', ' fl-admins'] }, undefined],
    ['no claim', {}, undefined],
    ['an empty list', { roles: [] }, undefined],
    ['what is no text', { roles: [1, null, { 'fl-admins': true }, ['fl-admins']] }, undefined],
    ['another claim that nobody looks at', { role: 'fl-admins' }, undefined],
  ])('follows from %s', (_, claims, role) => {
    expect(of(claims)).toBe(role)
  })

  test('is looked for inside other claims, and in claims whose names have dots', () => {
    const terms = { roleClaims: ['realm_access.roles'], roles }
    expect(of({ realm_access: { roles: ['fl-ops'] } }, terms)).toBe('operator')
    expect(of({ 'realm_access.roles': ['staff'] }, terms)).toBe('viewer')
    const namespaced = { roleClaims: ['https://fl.example/roles'], roles }
    expect(of({ 'https://fl.example/roles': ['staff'] }, namespaced)).toBe('viewer')
    for (const claim of ['__proto__.admin', 'constructor.name', 'toString'])
      expect(of({}, { roleClaims: [claim], roles: { ...roles, admin: ['Object'] } })).toBeUndefined()
  })

  test('follows from an address only where the provider has verified it', () => {
    const terms = { roleClaims: ['email'], roles: { ...roles, admin: ['ada@fl.example'] } }
    expect(of({ email: 'ada@fl.example', email_verified: true }, terms)).toBe('admin')
    for (const email_verified of [false, undefined, 'true', 1])
      expect(of({ email: 'ada@fl.example', email_verified }, terms)).toBeUndefined()
  })
})

test('a provider has said nothing of roles where no claim of them is there', () => {
  expect(saysRoles({ sub: 'eve', name: 'Eve' }, usual)).toBe(false)
  expect(saysRoles({ sub: 'eve', groups: ['others'] }, usual)).toBe(true)
})

test.each([
  [{ name: ' Eve ', email: 'eve@x' }, 'Eve'],
  [{ name: '', preferred_username: 'eve7' }, 'eve7'],
  [{ name: 7, email: 'eve@x' }, 'eve@x'],
  [{}, 'sub-1'],
  [{ name: 'x'.repeat(1_000) }, 'x'.repeat(200)],
])('of %j a person is called by the first name there is', (claims, name) => {
  expect(nameOf({ sub: 'sub-1', ...claims })).toBe(name)
})

test('terms are others where anything is by which somebody has a role', () => {
  const terms = { issuer: 'https://idp', clientId: 'fl', ...usual }
  const all = [
    terms,
    { ...terms, issuer: 'https://idp2' },
    { ...terms, clientId: 'fl2' },
    { ...terms, roleClaims: ['groups'] },
    { ...terms, roles: { ...roles, admin: [] } },
    { ...terms, roles: { ...roles, viewer: ['staff', 'guests'] } },
    { ...terms, roles: { ...roles, operator: roles.viewer, viewer: roles.operator } },
  ].map(termsOf)
  expect(new Set(all).size).toBe(all.length)
  expect(termsOf({ ...terms })).toBe(all[0])
})
