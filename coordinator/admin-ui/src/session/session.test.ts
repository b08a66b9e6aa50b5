import { expect, test } from 'vitest'
import { providerPath, safeReturnPath, signInPath } from './return-path.ts'
import { mayActAs } from './roles.ts'

test.each([
  ['/tasks/digits?tab=rounds', '/tasks/digits?tab=rounds'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in?to=/', '/'],
  [null, '/'],
])('after signing in, %s leads to %s', (asked, path) => {
  expect(safeReturnPath(asked)).toBe(path)
})

test('the way to signing in remembers where it began', () => {
  expect(signInPath('/')).toBe('/sign-in')
  const path = signInPath('/clients?online=true&search=c-3f')
  expect(safeReturnPath(new URL(path, 'http://console').searchParams.get('to'))).toBe(
    '/clients?online=true&search=c-3f',
  )
})

test('the way to the identity provider names the page by the word that the coordinator reads', () => {
  expect(providerPath('/auth/oidc/login', '/tasks?a=b&c')).toBe(
    '/auth/oidc/login?returnTo=%2Ftasks%3Fa%3Db%26c',
  )
})

test('a role may do what the roles below it may', () => {
  expect(mayActAs('admin', 'operator')).toBe(true)
  expect(mayActAs('operator', 'operator')).toBe(true)
  expect(mayActAs('viewer', 'operator')).toBe(false)
})
