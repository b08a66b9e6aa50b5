import { ModelVersion } from '@tributary/protocols'
import { systemClock } from '@tributary/protocols/runtime'
import { encodeAssignment } from '@tributary/protocols/task'
import { digestOf } from '@tributary/protocols/tensors'
import { expect, test, vi } from 'vitest'
import { clientOf, spokenSiblings, storesOf } from './client.builders.ts'
import type { FederatedClient } from './client.ts'
import { createKept } from './kept/create-kept.ts'
import { loadModel } from './participation/load-model.ts'
import { anAssignment, aWorld, task } from './participation/participant.builders.ts'

const aDevice = () => {
  const world = aWorld()
  const stores = storesOf(world)
  const { siblings, hear } = spokenSiblings()
  const start = () => clientOf(world, { consent: 'granted', siblings, ...stores })
  return { world, stores, start, hear }
}

/** Imports of the test take turns of the event loop too. */
const joined = async (client: FederatedClient, world: ReturnType<typeof aWorld>) => {
  void client.join()
  for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next))
  await world.until('welcomed', () => client.state.is === 'waiting')
}

test('a newer model takes the place of what was kept, and what another instance has kept that of one at work here', async () => {
  const { world, stores, start, hear } = aDevice()
  const before = start()
  await joined(before, world)
  world.publish(1)
  await world.until('held', () => before.model?.version === 1)
  await before.leave()

  const client = start()
  client.model // restores it
  await vi.waitUntil(() => client.model?.version === 1)
  await joined(client, world)
  world.publish(2)
  await world.until('held', () => client.model?.version === 2)

  const { version, ...weights } = world.modelOf(3)
  const bytes = { weights: world.blobs.get(weights.digest), assignment: encodeAssignment(anAssignment()) }
  const assignment = { digest: digestOf(bytes.assignment), bytes: bytes.assignment.length }
  if (!bytes.weights) throw new Error('a model has weights')
  const elsewhere = createKept({
    task,
    records: stores.records,
    clock: systemClock(),
    loadModel,
    told: () => undefined,
  })
  await elsewhere.newest.hold(
    {
      model: { version, ...weights },
      assignment,
      bytes: { ...bytes, weights: bytes.weights },
    },
    'world',
  )
  hear({ type: 'model', task, version: ModelVersion.parse(3) })
  await vi.waitUntil(() => client.model?.version === 3)
  await client.leave()
  expect(client.model?.version).toBe(3)
})
