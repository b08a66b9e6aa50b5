import { expect, test } from 'vitest'
import { CoordinatorMessage } from '../messages/index.ts'
import { encodeAssignment } from '../task/index.ts'
import { decodePlainAssignment, PlainCoordinatorMessage } from './index.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const invitation = {
  type: 'invitation',
  round: 'digits.1',
  task: 'digits',
  model: { version: 1, digest, bytes: 100 },
  assignment: { digest, bytes: 50 },
  publicKey: 'A'.repeat(43),
  deadline: { at: 1_000, inMs: 500 },
  session: { token: 'session-number-1', expiresAt: 2_000 },
}

test('a plain invitation is read as the whole schema reads it, and one with a manifest is left to that', () => {
  expect(PlainCoordinatorMessage.parse(invitation)).toEqual(CoordinatorMessage.parse(invitation))
  expect(PlainCoordinatorMessage.safeParse({ ...invitation, manifest: {} }).success).toBe(false)
})

const plan = {
  epochs: 1,
  batchSize: 8,
  optimizer: { name: 'sgd', learningRate: 0.1 },
  loss: 'mean-squared-error',
}
const model = {
  format: 'custom',
  trainer: 'line',
  tensors: [{ name: 'w', shape: [2], dtype: 'F32' }],
  initial: { kind: 'seeded', seed: 1 },
}
const bytesOf = (assignment: unknown) => new TextEncoder().encode(JSON.stringify(assignment))

test('the assignment of a plain task is read as it was written, with its defaults', () => {
  const assignment = decodePlainAssignment(bytesOf({ model, plan }))
  expect(assignment).toMatchObject({ model: { config: null }, plan: { proximal: 0 } })
  expect(assignment && decodePlainAssignment(encodeAssignment(assignment))).toEqual(assignment)
})

test.each([
  ['privacy', { model, plan, privacy: { mode: 'secure-aggregation' } }],
  ['a strategy', { model, plan, strategy: { name: 'fednova' } }],
  ['what is learned from', { model: { ...model, signature: {} }, plan }],
  ['a frozen part', { model: { ...model, frozen: {} }, plan }],
  [
    'more than is drawn',
    { model: { ...model, tensors: [{ name: 'w', shape: [2 ** 27], dtype: 'F32' }] }, plan },
  ],
  ['no plan', { model }],
])('one with %s is left to the whole schema', (_, assignment) => {
  expect(decodePlainAssignment(bytesOf(assignment))).toBe(undefined)
})
