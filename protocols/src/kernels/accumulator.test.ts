import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { type Accumulator, loadKernels, plainKernels } from './index.ts'
import { awkwardVector, sameBits } from './kernels.arbitraries.ts'
import { createSimdKernels } from './simd.ts'
import { instantiateSimd } from './simd-module.ts'

const simd = await loadKernels()

describe.each([simd, plainKernels])('an accumulator of the $name kernels', (kernels) => {
  test('starts at zero and adds weighted vectors', () => {
    const sum = kernels.accumulator(3)
    sum.addScaled(Float32Array.of(1, 2, 3), 2)
    sum.addScaled(Float32Array.of(1, 1, 1), -0.5)
    expect(sum.read()).toEqual(Float32Array.of(1.5, 3.5, 5.5))
    sum.release()
  })

  test('reads as a copy that later additions do not change', () => {
    const sum = kernels.accumulator(2)
    const before = sum.read()
    sum.addScaled(Float32Array.of(1, 1), 1)
    expect(before).toEqual(Float32Array.of(0, 0))
    sum.release()
  })

  test('memory given back is zero when it is taken again', () => {
    const first = kernels.accumulator(1000)
    first.assign(new Float32Array(1000).fill(7))
    first.release()
    const second = kernels.accumulator(1000)
    expect(second.read()).toEqual(new Float32Array(1000))
    second.release()
  })

  test('many live side by side, across memory growth', () => {
    const length = 300_001
    const sums = Array.from({ length: 20 }, (_, i) => {
      const sum = kernels.accumulator(length)
      sum.assign(new Float32Array(length).fill(i))
      return sum
    })
    sums.forEach((sum, i) => {
      sum.addScaled(new Float32Array(length).fill(1), 1)
      expect(sameBits(sum.read(), new Float32Array(length).fill(i + 1))).toBe(true)
    })
    for (const sum of sums) sum.release()
  })

  const uses: Record<string, (sum: Accumulator) => unknown> = {
    addScaled: (sum) => sum.addScaled(new Float32Array(2), 1),
    assign: (sum) => sum.assign(new Float32Array(2)),
    scale: (sum) => sum.scale(1),
    norm: (sum) => sum.norm(),
    firstNonFinite: (sum) => sum.firstNonFinite(),
    read: (sum) => sum.read(),
  }
  test.each(Object.entries(uses))('%s after release says so', (name, use) => {
    const sum = kernels.accumulator(2)
    sum.release()
    sum.release()
    expect(() => use(sum)).toThrow(`${name}: this accumulator was released`)
  })

  test('a vector of another length is refused and changes nothing', () => {
    const sum = kernels.accumulator(2)
    expect(() => sum.addScaled(new Float32Array(3).fill(1), 1)).toThrow('addScaled: lengths differ, 2 and 3')
    expect(() => sum.assign(new Float32Array(1).fill(1))).toThrow('assign: lengths differ, 2 and 1')
    expect(sum.read()).toEqual(new Float32Array(2))
    sum.release()
  })

  test.each([Number.NaN, Infinity, -Infinity, 1e39])('a weight of %s is refused', (weight) => {
    const sum = kernels.accumulator(1)
    expect(() => sum.addScaled(Float32Array.of(1), weight)).toThrow(RangeError)
    expect(() => sum.scale(weight)).toThrow(RangeError)
    sum.release()
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 30])('a length of %s is refused', (length) => {
    expect(() => kernels.accumulator(length)).toThrow('length must be a whole number')
  })

  test.each([simd, plainKernels])(
    'adds an accumulator of the $name kernels like the array it holds',
    (others) => {
      const [x, start] = [awkwardVector(20_001, 5), awkwardVector(20_001, 6)]
      const [fromArray, fromAccumulator, update] = [
        kernels.accumulator(x.length),
        kernels.accumulator(x.length),
        others.accumulator(x.length),
      ]
      update.assign(x)
      for (const sum of [fromArray, fromAccumulator]) sum.assign(start)
      fromArray.addScaled(x, 0.3)
      fromAccumulator.addScaled(update, 0.3)
      expect(sameBits(fromAccumulator.read(), fromArray.read())).toBe(true)
      update.release()
      expect(() => fromAccumulator.addScaled(update, 0.3)).toThrow('this accumulator was released')
      expect(() => fromArray.addScaled(others.accumulator(1), 1)).toThrow('addScaled: lengths differ')
      for (const sum of [fromArray, fromAccumulator]) sum.release()
    },
  )

  test('an accumulator added to itself is scaled', () => {
    const sum = kernels.accumulator(3)
    sum.assign(Float32Array.of(1, 2, 3))
    sum.addScaled(sum, 0.5)
    expect(sum.read()).toEqual(Float32Array.of(1.5, 3, 4.5))
    sum.release()
  })

  test('an overflowing sum is found', () => {
    const sum = kernels.accumulator(100)
    const x = new Float32Array(100)
    x[57] = 3e38
    sum.addScaled(x, 1)
    expect(sum.firstNonFinite()).toBe(-1)
    sum.addScaled(x, 1)
    expect(sum.firstNonFinite()).toBe(57)
    sum.release()
  })

  test('the axpy, scale and norm of arrays refuse misuse too', () => {
    expect(() => kernels.axpy(new Float32Array(2), new Float32Array(1), 1)).toThrow('axpy: lengths differ')
    expect(() => kernels.axpy(new Float32Array(1), new Float32Array(1), Number.NaN)).toThrow('weight')
    expect(() => kernels.scale(new Float32Array(1), Infinity)).toThrow('weight')
  })
})

describe('memory of the SIMD kernels', () => {
  test('a released accumulator makes room for the next: the memory does not grow', async () => {
    const module = await instantiateSimd()
    if (!module) throw new Error('this machine has no WebAssembly SIMD')
    const kernels = createSimdKernels(module)
    kernels.accumulator(500_000).release()
    const peak = module.memory.buffer.byteLength
    for (let round = 0; round < 50; round++) kernels.accumulator(500_000 - round).release()
    expect(module.memory.buffer.byteLength).toBe(peak)
  })

  test('a forgotten accumulator is freed after garbage collection, one in use never', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    const module = await instantiateSimd()
    if (!module) throw new Error('this machine has no WebAssembly SIMD')
    const kernels = createSimdKernels(module)
    // Only a method is kept of this one: it must hold the memory all the same.
    const { read } = accumulatorOf(Float32Array.of(4, 5, 6))
    function accumulatorOf(x: Float32Array): Accumulator {
      const sum = kernels.accumulator(x.length)
      sum.assign(x)
      return sum
    }
    await vi.waitFor(() => {
      collectGarbage()
      const before = module.memory.buffer.byteLength
      kernels.accumulator(1_000_000)
      expect(module.memory.buffer.byteLength).toBe(before)
    })
    expect(read()).toEqual(Float32Array.of(4, 5, 6))
  })

  test('addresses beyond 2 GiB work', async (context) => {
    const module = await instantiateSimd()
    if (!module) throw new Error('this machine has no WebAssembly SIMD')
    const kernels = createSimdKernels(module)
    try {
      kernels.accumulator(560_000_000)
    } catch (error) {
      context.skip(`this machine refuses 2.2 GB of address space: ${error}`)
    }
    const x = awkwardVector(20_001, 11)
    const [far, near] = [kernels.accumulator(x.length), plainKernels.accumulator(x.length)]
    for (const sum of [far, near]) {
      sum.assign(x)
      sum.addScaled(x, 0.3)
      sum.scale(0.7)
    }
    expect(sameBits(far.read(), near.read())).toBe(true)
    expect(far.norm()).toBe(near.norm())
    expect(far.firstNonFinite()).toBe(near.firstNonFinite())
  })
})
