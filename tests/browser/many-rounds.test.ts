import type { TaskFileInput } from '@tributary/protocols/task'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDevicePage } from './device-page.ts'
import { growthOf, type Holding, holdingOf } from './growth.ts'
import { pointsTask } from './mixed-fleet.ts'
import type { DeviceOptions } from './page/device.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 180_000 })

const UNITS = 512
/**
 * A model of this task is 12 kB: one that were kept of every round would be twice this. What V8 compiles for speed grows by some 3 kB a round for
 * the first hundreds.
 */
const BOUND = { heapBytes: 6_000 }
/** Caches of the browser and of tfjs fill first. */
const WARM_UP = 20

let stage: Stage
let task: TaskFileInput
beforeAll(async () => {
  stage = await setStage(new URL('./page/device.ts', import.meta.url))
  const points = await pointsTask(UNITS)
  const cohort = { target: 1, quorum: 1, overSelection: 1, selectionSeconds: 60, trainingSeconds: 60 }
  task = { ...points, plan: { ...points.plan, epochs: 1 }, cohort }
})
afterAll(() => stage?.[Symbol.asyncDispose]())

/** What a page holds after every so many of its rounds. */
const held = async (
  { rounds, every }: { rounds: number; every: number },
  options: Pick<DeviceOptions, 'leaks'> = {},
): Promise<Holding[]> => {
  await using device = await openDevicePage(stage, { task, trainer: 'tfjs', ...options })
  await device.open()
  await device.takePart()
  const holdings: Holding[] = []
  for (let round = 1; round <= WARM_UP + rounds; round++) {
    await device.completed(await device.begin())
    if (round >= WARM_UP && (round - WARM_UP) % every === 0) holdings.push(await holdingOf(device, round))
  }
  const [failed, errors] = await device.ask(({ heard }) => [heard.failed, heard.errors] as const)
  // Rounds of a few milliseconds make a line say more than its allowance [L8], on a machine that is quick enough.
  const others = errors.filter((error) => !/too-many-messages/.test(error))
  expect([failed, others]).toEqual([[], []])
  expect(await device.ask(({ heard }) => heard.submitted.length)).toBe(WARM_UP + rounds)
  return holdings
}

test('200 rounds in one page leave its tensors and its heap as they were', async () => {
  const startedAt = performance.now()
  const holdings = await held({ rounds: 200, every: 10 })
  const growth = { tensors: growthOf(holdings, 'tensors'), heapBytes: growthOf(holdings, 'heapBytes') }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  process.stdout.write(
    `200 rounds in ${seconds} s: ${growth.tensors} tensors and ${growth.heapBytes.toFixed(0)} bytes more a round, of ${holdings[0]?.heapBytes} bytes\n${holdings.map(({ heapBytes }) => heapBytes).join(' ')}\n`,
  )
  expect(growth.tensors).toBe(0)
  expect(growth.heapBytes).toBeLessThan(BOUND.heapBytes)
})

test('a tensor that an app leaves behind in every round is seen', async () => {
  const tensors = await held({ rounds: 12, every: 3 }, { leaks: 'tensor' })
  expect(growthOf(tensors, 'tensors')).toBeCloseTo(1, 9)
})
