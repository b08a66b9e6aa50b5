import { expect, test } from 'vitest'
import { openAttempt, sealAttempt } from './attempt-cookie.ts'

const key = new Uint8Array(32).fill(1)
const attempt = { state: 's', nonce: 'n', verifier: 'v', returnTo: '/tasks', until: 1_000 }

test('an attempt is read back until its time is over', () => {
  const sealed = sealAttempt(key, attempt)
  expect(openAttempt(key, sealed, 999)).toEqual(attempt)
  expect(openAttempt(key, sealed, 1_000)).toBeUndefined()
})

test('nothing of it can be read, and it is never the same twice', () => {
  const sealed = sealAttempt(key, { ...attempt, verifier: 'verifier-of-somebody' })
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('verifier')
  expect(sealAttempt(key, attempt)).not.toBe(sealAttempt(key, attempt))
})

test('what this coordinator did not make, as it is, is nothing', () => {
  const sealed = sealAttempt(key, attempt)
  const bytes = Buffer.from(sealed, 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const altered = Buffer.from(bytes)
    altered[at] = (altered[at] ?? 0) ^ 1
    expect(openAttempt(key, altered.toString('base64url'), 0)).toBeUndefined()
    expect(openAttempt(key, bytes.subarray(0, at).toString('base64url'), 0)).toBeUndefined()
  }
  expect(openAttempt(new Uint8Array(32), sealed, 0)).toBeUndefined()
  for (const text of ['', 'x', '%', 'A'.repeat(5_000)]) expect(openAttempt(key, text, 0)).toBeUndefined()
})
