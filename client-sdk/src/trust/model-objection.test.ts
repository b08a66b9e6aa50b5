import { Digest, ModelVersion, TaskId } from '@tributary/protocols'
import { encodePublicKey, identityFromSeed, signModel } from '@tributary/protocols/crypto'
import { describe, expect, test, vi } from 'vitest'
import { modelObjections } from './model-objection.ts'

const digestOf = (digit: string) => Digest.parse(`sha256:${digit.repeat(64)}`)
const coordinator = identityFromSeed(new Uint8Array(32).fill(1))
const pinned = { publicKey: encodePublicKey(coordinator.publicKey), coordinator: 'one' }
const task = TaskId.parse('line')
const assignment = { digest: digestOf('a'), bytes: 10 }
const model = { version: ModelVersion.parse(2), digest: digestOf('b'), bytes: 20 }
const { version, ...weights } = model
const signature = signModel(coordinator, { coordinator: 'one', task, version, weights, assignment })
const said = { task, model, assignment, signature }

describe('[K10] a signature', () => {
  test('is verified once for what it is of, in whichever message', () => {
    const verify = vi.fn(() => true)
    const objectionTo = modelObjections(verify)
    expect([objectionTo(pinned, said), objectionTo(pinned, { ...said })]).toEqual([undefined, undefined])
    expect(verify).toHaveBeenCalledOnce()
  })

  test.each([
    ['another version', { ...said, model: { ...model, version: ModelVersion.parse(3) } }],
    ['other weights', { ...said, model: { ...model, digest: digestOf('c') } }],
    ['more weights', { ...said, model: { ...model, bytes: 21 } }],
    ['another assignment', { ...said, assignment: { ...assignment, digest: digestOf('c') } }],
    ['another task', { ...said, task: TaskId.parse('circle') }],
  ])('that was found good says nothing of %s', (_, other) => {
    const objectionTo = modelObjections()
    expect(objectionTo(pinned, said)).toBeUndefined()
    expect(objectionTo(pinned, other)).toMatch(/not signed by the coordinator/)
    expect(objectionTo(pinned, said)).toBeUndefined()
  })

  test.each([
    [
      'with another key',
      { ...pinned, publicKey: encodePublicKey(identityFromSeed(new Uint8Array(32).fill(2)).publicKey) },
    ],
    ['of another name', { ...pinned, coordinator: 'two' }],
  ])('that was found good is none of a coordinator %s', (_, other) => {
    const objectionTo = modelObjections()
    expect(objectionTo(pinned, said)).toBeUndefined()
    expect(objectionTo(other, said)).toMatch(/not signed by the coordinator/)
  })
})
