/** What a page holds as rounds go by. */
import type { DevicePage } from './device-page.ts'

export type Holding = { round: number; tensors: number; heapBytes: number }

/** What is held when all that can be let go of has been: the heap's objects, and the bytes of its arrays. */
export const holdingOf = async ({ instruments, ask }: DevicePage, round: number): Promise<Holding> => {
  await instruments.send('HeapProfiler.collectGarbage')
  const { usedSize, ...more } = await instruments.send('Runtime.getHeapUsage')
  const { backingStorageSize = 0 } = more as { backingStorageSize?: number }
  return { round, tensors: await ask((device) => device.tensors()), heapBytes: usedSize + backingStorageSize }
}

/** How much more of it is held with every round: the slope of the line through all, by least squares. */
export const growthOf = (held: readonly Holding[], what: 'tensors' | 'heapBytes'): number => {
  const mean = (of: (holding: Holding) => number) => held.reduce((sum, one) => sum + of(one), 0) / held.length
  const [round, value] = [mean((one) => one.round), mean((one) => one[what])]
  return mean((one) => (one.round - round) * (one[what] - value)) / mean((one) => (one.round - round) ** 2)
}
