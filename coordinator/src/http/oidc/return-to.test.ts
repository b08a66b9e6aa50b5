import fc from 'fast-check'
import { expect, test } from 'vitest'
import { returnPath } from './return-to.ts'

test.each([
  ['/', '/'],
  ['/tasks/digits?tab=rounds#3', '/tasks/digits?tab=rounds#3'],
  ['/tasks/../clients', '/clients'],
  ['/näme', '/n%C3%A4me'],
])('%j leads to %j', (asked, path) => {
  expect(returnPath(asked)).toBe(path)
})

test.each([
  undefined,
  '',
  'tasks',
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n//evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e//evil.example',
  'javascript:alert(1)',
  ' //evil.example',
  '/api/v1/session',
  '/auth/oidc/login',
  '/tasks/../auth/oidc/login',
])('%j leads to the beginning', (asked) => {
  expect(returnPath(asked)).toBe('/')
})

test('whatever is asked for, a browser stays where it is', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '//',
    '\t',
    '\r\n',
    'evil.example',
    '@',
    ':',
    '%2f',
    '?',
    '#',
    'https:',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const here = new URL('https://fl.example/auth/oidc/callback')
      expect(new URL(returnPath(pieces.join('')), here).origin).toBe(here.origin)
      expect(new URL(returnPath(`/${pieces.join('')}`), here).origin).toBe(here.origin)
    }),
  )
})
