import { encodePublicKey, identityFromSeed } from '@tributary/protocols/crypto'
import { describe, expect, test, vi } from 'vitest'
import { clientOf, storesOf } from './client.builders.ts'
import type { ClientOptions } from './client-options.ts'
import { aWorld } from './participation/participant.builders.ts'

const token = `tre_${'0'.repeat(24)}_${'A'.repeat(43)}`

/** A device that several clients share, of which none hears what another has been told. */
const aDevice = () => {
  const world = aWorld()
  const stores = storesOf(world)
  const start = (options: Partial<ClientOptions> = {}) => clientOf(world, { ...stores, ...options })
  return { world, stores, start }
}

/** Imports and fetches of the test take turns of the event loop too. */
const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next))
}

describe('a no that is said while something is under way', () => {
  test('keeps a token here, whose enrolment waited for the key', async () => {
    const { stores, start } = aDevice()
    const key = Promise.withResolvers<void>()
    const load = vi.fn(() => key.promise.then(stores.keys.load))
    const fetch = vi.fn()
    const client = start({ keys: { ...stores.keys, load }, surroundings: { fetch } })
    await client.consent.grant()
    const enrolling = client.enrol(token)
    await vi.waitUntil(() => load.mock.calls.length === 1)
    await client.consent.decline()
    key.resolve()
    await expect(enrolling).rejects.toMatchObject({ code: 'no-consent' })
    expect(fetch).not.toHaveBeenCalled()
  })

  test('has an enrolment come to nothing here, whatever the coordinator answers', async () => {
    const { world, stores, start } = aDevice()
    const { clientId, publicKey } = world.identity
    const coordinator = {
      id: 'a-coordinator',
      publicKey: encodePublicKey(identityFromSeed(new Uint8Array(32).fill(9)).publicKey),
    }
    const answer = Promise.withResolvers<void>()
    const fetch = vi.fn(async () => {
      await answer.promise
      return Response.json({
        id: clientId,
        publicKey: encodePublicKey(publicKey),
        status: 'active',
        enrolledAt: '2026-01-01T00:00:00.000Z',
        enrolledBy: 'a token',
        coordinator,
      })
    })
    const client = start({ surroundings: { fetch } })
    await client.consent.grant()
    const enrolling = client.enrol(token)
    await vi.waitUntil(() => fetch.mock.calls.length === 1)
    await client.consent.decline()
    answer.resolve()
    await expect(enrolling).rejects.toMatchObject({ code: 'no-consent' })
    expect(await stores.records.names()).toEqual(['consent'])

    await client.consent.grant()
    expect(await client.enrol(token)).toBe(clientId)
    expect(await stores.records.names()).toEqual(['consent', 'pin'])
  })

  test('counts before an update is offered once more, where nobody heard of it', async () => {
    const { world, start } = aDevice()
    const upload = vi.fn(async () => ({ kind: 'interrupted' as const }))
    world.way.upload = upload
    const [working, other] = [start(), start()]
    await working.consent.grant()
    void working.join()
    await turns()
    await world.until('welcomed', () => working.state.is === 'waiting')
    world.invite(1)
    await turns()
    await world.until('offered', () => upload.mock.calls.length === 1)
    await other.consent.whenRead()
    await other.consent.decline()
    expect(working.consent.state).toBe('granted')
    await turns()
    await world.until('known', () => working.consent.state === 'declined')
    await turns()
    expect(upload).toHaveBeenCalledOnce()
    expect(working.state).toMatchObject({ is: 'held', by: [{ by: 'consent' }] })
    await working.leave()
  })
})
