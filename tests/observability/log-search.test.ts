import { expect, test } from 'vitest'
import { bytesOf, type Secret, secretsIn } from './log-search.ts'

const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 5) % 256)
const weights = Float32Array.of(0.123_456_79, -1.75e-5, 2.345_678_9)
const SECRETS: Secret[] = [
  { what: 'a password', text: 'p%4 ss"word' },
  { what: 'a key', bytes: key },
  { what: 'weights', numbers: weights },
  { what: 'weights as bytes', bytes: bytesOf(weights) },
]

/** A line as a logger would write it, with the secret somewhere in it. */
const line = (fields: object) =>
  `${JSON.stringify({ level: 10, time: 1_700_000_000_000, round: 'digits.3', ...fields })}\n`

test('a log that has none of it is clean', () => {
  expect(secretsIn(line({ msg: 'the round', phase: 'training', received: 3 }), SECRETS)).toEqual([])
})

test.each([
  ['a password', { msg: 'cannot reach postgres://fl:p%4 ss"word@db' }],
  ['a password', { url: `/x?p=${encodeURIComponent('p%4 ss"word')}` }],
  ['a key', { key: Buffer.from(key).toString('hex') }],
  ['a key', { key: Buffer.from(key).toString('base64url') }],
  ['a key', { blob: Buffer.concat([Buffer.from('x'), key, Buffer.from('yy')]).toString('base64') }],
  ['a key', { blob: Buffer.concat([Buffer.from('xx'), key, Buffer.from('y')]).toString('base64url') }],
  ['a key', { key }],
  ['a key', { key: [...key] }],
  ['weights', { update: { delta: [...weights] } }],
  ['weights', { update: { delta: weights } }],
  ['weights', { msg: `norm ${weights[0]?.toPrecision(7)}` }],
  ['weights as bytes', { body: Buffer.from(bytesOf(weights)).toString('base64') }],
])('%s is found in %j', (what, fields) => {
  expect(
    secretsIn(line({}) + line(fields) + line({}), SECRETS).map((found) => found.split(':')[0]),
  ).toContain(what)
})
