import { expect, test, vi } from 'vitest'
import { clientOf, storesOf } from './client.builders.ts'
import { aWorld } from './participation/participant.builders.ts'
import { jsonOf } from './records/json-record.ts'

test('withdrawn where the code for it cannot be loaded, a client says so, begins nothing, and is erased at the next start', async () => {
  const world = aWorld()
  const stores = storesOf(world)
  const fetch = vi.fn(async () => Response.json({ id: world.identity.clientId, status: 'withdrawn' }))
  const start = () => clientOf(world, { consent: 'granted', ...stores, surroundings: { fetch } })
  vi.doMock('./consent/withdrawal.ts', () => {
    throw new TypeError('Failed to fetch dynamically imported module')
  })
  const client = start()
  await expect(client.withdraw()).rejects.toMatchObject({
    code: 'storage-failed',
    message: expect.stringContaining('loaded'),
  })
  await expect(client.join()).rejects.toThrow()
  expect([client.consent.state, world.heard]).toEqual(['withdrawn', []])
  // Other instances look there.
  expect(jsonOf((await stores.records.load('consent')) ?? new Uint8Array())).toMatchObject({
    state: 'withdrawn',
  })
  vi.doUnmock('./consent/withdrawal.ts')
  const next = start()
  await expect(next.join()).rejects.toMatchObject({ code: 'no-consent' })
  await vi.waitFor(async () => expect(await stores.records.names()).toEqual(['consent']))
  expect(await stores.keys.load()).toBeUndefined()
  expect(fetch).toHaveBeenCalledOnce()
})
