import { virtualClock } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import { describeBlobs } from '../contracts/blobs-contract.ts'
import { memoryBlobs } from './memory-blobs.ts'

describeBlobs('Memory', async () => ({
  blobs: memoryBlobs(),
  leftovers: async () => 0,
  dispose: async () => {},
}))

test('a blob in memory is as old as its clock says, and putting it again makes it no younger', async () => {
  const clock = virtualClock(1_000)
  const blobs = memoryBlobs({ clock })
  const bytes = Uint8Array.of(1, 2, 3)
  const ref = await blobs.put(bytes)
  clock.advanceTo(1_500)
  await blobs.put(bytes)
  const held = []
  for await (const blob of blobs.list()) held.push(blob)
  expect(held).toEqual([{ ...ref, keptAt: 1_000 }])
})
