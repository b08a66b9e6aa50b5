import { describe, expect, test } from 'vitest'
import { ClientMessage, CoordinatorMessage } from './index.ts'

const client = `c-${'0'.repeat(32)}`
const digest = `sha256:${'0'.repeat(64)}`
const key = 'A'.repeat(43)
const signature = 'A'.repeat(86)
const session = { token: 'session-token-of-a-client', expiresAt: 1_000.5 }
const model = { version: 3, digest, bytes: 100 }

const clientMessages = {
  '[C1] authenticate': { type: 'authenticate', client, protocol: 1, signature },
  '[C3] check-in': { type: 'check-in', task: 'digits' },
  '[C3] check-in with a round': { type: 'check-in', task: 'digits', round: 'digits.3' },
  '[C4] accept': { type: 'accept', round: 'digits.3' },
  '[C5] decline': { type: 'decline', round: 'digits.3', reason: 'busy' },
  '[C6] progress': { type: 'progress', round: 'digits.3', fraction: 0.5, loss: 0.25 },
  '[C7] failed': { type: 'failed', round: 'digits.3', reason: 'training-error' },
  '[C8] leave': { type: 'leave', task: 'digits' },
}

const coordinatorMessages = {
  '[S1] challenge': { type: 'challenge', coordinator: 'main', nonce: key, protocols: [1] },
  '[S2] welcome': { type: 'welcome', client, protocol: 1, session, now: 999 },
  '[S3] refused': { type: 'refused', of: 'accept', reason: 'round-over', detail: 'it is' },
  '[S4] standby': { type: 'standby', task: 'digits' },
  '[S5] come-back': { type: 'come-back', task: 'digits', afterMs: 60_000, reason: 'no-round-due' },
  '[S6] invitation': {
    type: 'invitation',
    round: 'digits.3',
    task: 'digits',
    model,
    assignment: { digest, bytes: 10 },
    publicKey: key,
    deadline: { at: 2_000.5, inMs: 1_000 },
    session,
  },
  '[S7] round-ended, completed': {
    type: 'round-ended',
    round: 'digits.3',
    outcome: { kind: 'completed', version: 4 },
  },
  '[S7] round-ended, abandoned': {
    type: 'round-ended',
    round: 'digits.3',
    outcome: { kind: 'abandoned', reason: 'no-quorum' },
  },
  '[S7] round-ended, closed': { type: 'round-ended', round: 'digits.3', outcome: { kind: 'closed' } },
  '[S8] model-published': {
    type: 'model-published',
    task: 'digits',
    model,
    assignment: { digest, bytes: 10 },
    session,
  },
}

const OPTIONAL: Record<string, string> = { 'check-in': 'round', progress: 'loss', refused: 'detail' }

describe.each([
  ['from a client', ClientMessage, clientMessages],
  ['from the coordinator', CoordinatorMessage, coordinatorMessages],
])('a message %s', (_, schema, messages) => {
  test.each(Object.entries(messages))('%s travels as JSON unchanged', (_name, message) => {
    expect(schema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message)
  })

  test.each(Object.entries(messages))(
    '[V5] %s with a field more or a field less is none',
    (_name, message) => {
      expect(schema.safeParse({ ...message, more: 1 }).success).toBe(false)
      const optional = OPTIONAL[message.type]
      for (const field of Object.keys(message).filter((name) => name !== optional)) {
        const { [field]: _left, ...rest } = message as Record<string, unknown>
        expect(schema.safeParse(rest).success, field).toBe(false)
      }
    },
  )

  test('[V5] of an unknown type is none, nor is anything but an object', () => {
    for (const other of [{ type: 'hello' }, {}, [], 'accept', 3, null, { type: ['accept'] }])
      expect(schema.safeParse(other).success).toBe(false)
  })
})

test('[V6] a number that JSON cannot hold, or out of range, makes a message malformed', () => {
  const progress = clientMessages['[C6] progress']
  for (const wrong of [{ fraction: 1.01 }, { fraction: null }, { loss: null }, { loss: Number.NaN }])
    expect(ClientMessage.safeParse({ ...progress, ...wrong }).success).toBe(false)
  const comeBack = coordinatorMessages['[S5] come-back']
  for (const afterMs of [-1, 0.5, 31 * 86_400_000 + 1])
    expect(CoordinatorMessage.safeParse({ ...comeBack, afterMs }).success).toBe(false)
})

test('[V6] keys, nonces and signatures are base64url of their one length, unused bits zero', () => {
  const { '[C1] authenticate': authenticate } = clientMessages
  for (const wrong of [`${'A'.repeat(85)}B`, 'A'.repeat(85), `${'A'.repeat(85)}=`, `${'A'.repeat(84)}+A`])
    expect(ClientMessage.safeParse({ ...authenticate, signature: wrong }).success, wrong).toBe(false)
  const { '[S1] challenge': challenge } = coordinatorMessages
  for (const nonce of [`${'A'.repeat(42)}B`, 'A'.repeat(42), 'A'.repeat(44)])
    expect(CoordinatorMessage.safeParse({ ...challenge, nonce }).success, nonce).toBe(false)
})
