import { expect, test, vi } from 'vitest'
import { memoryKeyStore } from './adapters/memory-key-store.ts'
import { memoryRecordStore } from './adapters/memory-record-store.ts'
import { FederatedClient } from './client.ts'
import { aWorld, shiftTrainer, task } from './participation/participant.builders.ts'

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next))
}

test('a client whose code for what it keeps cannot be loaded joins as soon as it can be; one that has left meanwhile does not', async () => {
  const world = aWorld()
  vi.doMock('./kept/create-kept.ts', () => {
    throw new TypeError('Failed to fetch dynamically imported module')
  })
  const client = new FederatedClient({
    coordinator: 'https://learn.example.org',
    task,
    trainer: shiftTrainer,
    consent: 'granted',
    keys: memoryKeyStore(world.identity.exportSeed()),
    records: memoryRecordStore(),
    surroundings: world.surroundings,
  })
  const errors: string[] = []
  client.on('error', ({ code }) => errors.push(code))
  client.join().catch(() => undefined)
  await vi.waitFor(() => expect(errors).toEqual(['unreachable']))
  await client.leave()
  expect(world.clock.pending()).toBe(0)
  void client.join()
  await vi.waitFor(() => expect(errors).toHaveLength(2))
  vi.doUnmock('./kept/create-kept.ts')
  await vi.waitFor(async () => {
    await turns()
    world.clock.step()
    expect(client.state.is).toBe('waiting')
  })
  await client.leave()
  await turns()
  expect(world.said('authenticate')).toHaveLength(1)
})
