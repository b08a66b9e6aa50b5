import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createArena } from './arena.ts'
import { KernelMemoryError } from './kernels.ts'

test('live blocks are aligned, zeroed and keep what is written, whatever the order of taking and freeing', () => {
  const step = fc.record({ bytes: fc.integer({ min: 0, max: 100_000 }), free: fc.nat(), frees: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 70_000 }), (steps, base) => {
      const arena = createArena(new WebAssembly.Memory({ initial: 0 }), base)
      const live: { address: number; words: number; mark: number }[] = []
      const wordsOf = ({ address, words }: { address: number; words: number }) =>
        arena.words().subarray(address / 4, address / 4 + words)
      steps.forEach(({ bytes, free, frees }, i) => {
        if (frees && live.length > 0) {
          const [gone] = live.splice(free % live.length, 1)
          if (gone) arena.free(gone.address)
          return
        }
        const block = { address: arena.allocate(bytes), words: bytes >> 2, mark: i + 1 }
        expect(block.address % 64).toBe(0)
        expect(block.address).toBeGreaterThanOrEqual(base)
        expect(wordsOf(block).every((word) => word === 0)).toBe(true)
        wordsOf(block).fill(block.mark)
        live.push(block)
      })
      for (const block of live) expect(wordsOf(block).every((word) => word === block.mark)).toBe(true)
    }),
  )
})

test('freed neighbours merge: a block of their joint size needs no growth', () => {
  const memory = new WebAssembly.Memory({ initial: 0 })
  const arena = createArena(memory, 0)
  const blocks = Array.from({ length: 8 }, () => arena.allocate(64 * 1024))
  const peak = memory.buffer.byteLength
  for (const i of [1, 3, 5, 7, 0, 2, 6, 4]) arena.free(blocks[i] ?? Number.NaN)
  arena.allocate(8 * 64 * 1024)
  expect(memory.buffer.byteLength).toBe(peak)
})

test('memory that cannot grow is a KernelMemoryError with its cause, and what was live stays usable', () => {
  const arena = createArena(new WebAssembly.Memory({ initial: 1, maximum: 4 }), 0)
  const address = arena.allocate(64 * 1024)
  expect(() => arena.allocate(4 * 64 * 1024)).toThrow(KernelMemoryError)
  expect(() => arena.allocate(4 * 64 * 1024)).toThrow(
    expect.objectContaining({ cause: expect.any(RangeError), message: expect.stringContaining('release') }),
  )
  arena.words()[address / 4] = 5
  expect(arena.words()[address / 4]).toBe(5)
  arena.allocate(64 * 1024)
})

test('freeing what is not live is a bug that shows', () => {
  const arena = createArena(new WebAssembly.Memory({ initial: 1 }), 0)
  const address = arena.allocate(4)
  arena.free(address)
  expect(() => arena.free(address)).toThrow('no live block')
})
