import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createUploadMemory, type Lease, type UploadMemory } from './upload-memory.ts'

const STEP = 65_536

let memory: UploadMemory
beforeEach(() => {
  vi.useFakeTimers()
  memory = createUploadMemory({ mostBytes: 16 * STEP, patienceMs: 1_000 })
})
afterEach(() => vi.useRealTimers())

const lease = async (bytes: number): Promise<Lease> => {
  const given = await memory.lease(bytes)
  if (!given) throw new Error('there is memory')
  return given
}
const fill = () => Promise.all(Array.from({ length: 8 }, () => lease(2 * STEP)))

test('a lease is at least as large as asked, and counts until it is given back once', async () => {
  const given = await lease(STEP + 1)
  expect([given.buffer.length, memory.taken().leased]).toEqual([2 * STEP, 2 * STEP])
  given.release()
  given.release()
  expect(memory.taken().leased).toBe(0)
})

test('a buffer that was given back is used again', async () => {
  const first = await lease(STEP)
  first.release()
  expect((await lease(STEP)).buffer).toBe(first.buffer)
})

test('nobody gets more than an eighth', async () => {
  expect(await memory.lease(2 * STEP + 1)).toBeUndefined()
})

test('who comes when all is taken waits for his turn', async () => {
  const [one, two] = await fill()
  const order: string[] = []
  const third = memory.lease(2 * STEP).then((given) => order.push(given ? 'third' : 'none'))
  const fourth = memory.lease(STEP).then((given) => order.push(given ? 'fourth' : 'none'))
  await vi.advanceTimersByTimeAsync(999)
  expect(order).toEqual([])
  one?.release()
  await third
  two?.release()
  await fourth
  expect(order).toEqual(['third', 'fourth'])
  expect(memory.taken().leased).toBe(15 * STEP)
  expect(vi.getTimerCount()).toBe(0)
})

test('who has waited long enough gets none, and those behind are served', async () => {
  const leases = await fill()
  const large = memory.lease(2 * STEP)
  await vi.advanceTimersByTimeAsync(600)
  const small = memory.lease(2 * STEP)
  await vi.advanceTimersByTimeAsync(400)
  expect(await large).toBeUndefined()
  leases[0]?.release()
  expect(await small).toBeDefined()
  expect(memory.taken().leased).toBe(16 * STEP)
})

test('however leases come and go, they and the buffers kept stay within the whole', async () => {
  const given: Lease[] = []
  let mostSpare = 0
  for (let i = 0; i < 200; i++) {
    given.push(await lease(((i % 2) + 1) * STEP))
    if (given.length > 8 - (i % 4)) for (const { release } of given.splice(i % 5, 2)) release()
    const { leased, spare } = memory.taken()
    expect(leased + spare).toBeLessThanOrEqual(16 * STEP)
    mostSpare = Math.max(mostSpare, spare)
  }
  for (const { release } of given) release()
  const { leased, spare } = memory.taken()
  expect(leased).toBe(0)
  expect(spare).toBeLessThanOrEqual(4 * STEP)
  expect(mostSpare).toBeGreaterThan(0)
})
