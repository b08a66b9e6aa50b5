import { expect, test } from 'vitest'
import { inBytes, inWords } from './in-words.ts'
import type { Passed } from './traffic.ts'

const passed = (given: Partial<Passed>): Passed => ({
  number: 1,
  at: 0,
  way: 'out',
  by: 'socket',
  bytes: 10,
  said: '',
  ...given,
})
const frame = (message: object) => passed({ said: `42/participate,${JSON.stringify(['message', message])}` })

test.each([
  [
    frame({ type: 'decline', round: 'keyboard.7', reason: 'no-data' }),
    'does not take part in round 7: nothing typed yet',
  ],
  [
    frame({ type: 'progress', round: 'keyboard.7', fraction: 0.5, loss: 5.125 }),
    '50 % of the training is done, mean loss 5.13',
  ],
  [passed({ said: '3' }), 'still there'],
  [passed({ said: '42/participate,["message",' }), 'a message of another kind'],
  [
    passed({ by: 'http', said: 'GET /api/v1/blobs/sha256:00', way: 'in', bytes: 260_000, status: 200 }),
    'the weights of a model',
  ],
  [
    passed({ by: 'http', said: 'GET /api/v1/blobs/sha256:00', way: 'in', bytes: 0, status: 'failed' }),
    'no answer',
  ],
  [
    passed({ by: 'http', said: 'PUT /api/v1/tasks/keyboard/rounds/keyboard.7/updates/ab', submission: '…' }),
    'an update',
  ],
])('what passed is said in words', (given, words) => {
  expect(inWords(given).detail).toBe(words)
})

test('an update says what of it is in the clear', () => {
  const claims = { examples: 12, trainMs: 3.4, metrics: { loss: 5.5 } }
  const submission = Buffer.from(
    JSON.stringify({ round: 'keyboard.7', envelopeBytes: 260_123, claims }),
  ).toString('base64url')
  const { kind, detail } = inWords(
    passed({ by: 'http', said: 'PUT /api/v1/tasks/keyboard/rounds/keyboard.7/updates/ab', submission }),
  )
  expect(kind).toBe('update')
  expect(detail).toMatch(/^the update of round 7: 260 kB sealed/)
  expect(detail).toMatch(/In the clear: 12 examples, 3 ms of training, loss 5\.50$/)
})

test('bytes are counted in thousands', () => {
  expect([1, 999, 1_000, 260_123, 1_200_000].map(inBytes)).toEqual([
    '1 B',
    '999 B',
    '1.0 kB',
    '260 kB',
    '1.2 MB',
  ])
})
