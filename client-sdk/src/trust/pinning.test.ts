import { encodePublicKey, identityFromSeed } from '@tributary/protocols/crypto'
import { describe, expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { givenKeyOf } from './given-key.ts'
import { pinningSoon } from './pinning.ts'

const keyOf = (n: number) => encodePublicKey(identityFromSeed(new Uint8Array(32).fill(n)).publicKey)
const [mine, other] = [keyOf(1), keyOf(2)]
const untrusted = { code: 'untrusted-coordinator', remedy: expect.stringContaining('coordinatorKey') }

describe('[S12] the coordinator that is pinned', () => {
  test('is nobody at first, then the one that enrolled this client, over restarts', async () => {
    const records = memoryRecordStore()
    const pinning = pinningSoon({ records, given: undefined })
    expect(await pinning.pin()).toBeUndefined()
    await pinning.learn({ id: 'one', publicKey: mine })
    await pinning.learn({ id: 'one', publicKey: mine })
    expect(await pinningSoon({ records, given: undefined }).pin()).toMatchObject({
      coordinator: 'one',
      publicKey: mine,
    })
  })

  test.each([
    ['another key', { id: 'one', publicKey: other }],
    ['another id', { id: 'two', publicKey: mine }],
  ])('does not become one with %s by enrolling again', async (_, answer) => {
    const records = memoryRecordStore()
    const pinning = pinningSoon({ records, given: undefined })
    await pinning.learn({ id: 'one', publicKey: mine })
    await expect(pinning.learn(answer)).rejects.toMatchObject(untrusted)
    expect(await pinning.pin()).toMatchObject({ coordinator: 'one', publicKey: mine })
  })

  test('is the one of the app before any that was learnt, and its id is learnt', async () => {
    const records = memoryRecordStore()
    await pinningSoon({ records, given: undefined }).learn({ id: 'one', publicKey: mine })
    const pinning = pinningSoon({ records, given: other })
    expect(await pinning.pin()).toMatchObject({ publicKey: other })
    expect(await pinning.pin()).not.toHaveProperty('coordinator')
    await expect(pinning.learn({ id: 'one', publicKey: mine })).rejects.toMatchObject(untrusted)
    await pinning.learn({ id: 'two', publicKey: other })
    expect(await pinning.pin()).toMatchObject({ coordinator: 'two', publicKey: other })
  })

  test('that cannot be read is not taken for nobody, until this client has enrolled again', async () => {
    const records = memoryRecordStore()
    await records.save('pin', new TextEncoder().encode('{"id":"one"'))
    const pinning = pinningSoon({ records, given: undefined })
    await expect(pinning.pin()).rejects.toMatchObject(untrusted)
    await pinning.learn({ id: 'one', publicKey: mine })
    expect(await pinning.pin()).toMatchObject({ coordinator: 'one' })
  })
})

describe('the key that an app gives', () => {
  test('may stand in either place, and in both', () => {
    expect(givenKeyOf(undefined, undefined)).toBeUndefined()
    expect(givenKeyOf(mine, undefined)).toBe(mine)
    expect(givenKeyOf(undefined, mine)).toBe(mine)
    expect(givenKeyOf(mine, mine)).toBe(mine)
  })

  test.each([
    ['no key', ['AAAA', undefined]],
    ['two keys', [mine, other]],
  ])('is refused where it is %s', (_, keys) => {
    expect(() => givenKeyOf(...keys)).toThrow(expect.objectContaining({ code: 'bad-options' }))
  })
})
