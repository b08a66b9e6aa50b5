import { afterEach, expect, test, vi } from 'vitest'
import { seededRandom } from '../runtime/seeded-random.ts'
import { loadVectorKernels, plainVectors } from './index.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

test('the module that clients load has kernels that agree bit for bit with the plain ones', async () => {
  const simd = await loadVectorKernels()
  expect(simd).toBe(await loadVectorKernels())
  expect(simd.name).toBe('simd')
  for (const length of [1, 63, 64, 4_096, 10_001]) {
    const random = seededRandom(length)
    const x = new Float32Array(random.bytes(4 * length).buffer).map((value) =>
      Number.isFinite(value) ? value % 1e6 : 1,
    )
    const randoms = new Uint32Array(random.bytes(4 * length).buffer)
    const key = random.bytes(32)
    const [made, expected] = [simd, plainVectors].map((kernels) => {
      const scaled = x.slice()
      kernels.scale(scaled, 0.37)
      const levels = new Int32Array(length)
      kernels.quantize(x, { scale: 3, limit: 1_000, randoms }, levels)
      const masked = randoms.slice()
      kernels.chacha20Add(masked, { key, sign: -1 })
      const broken = x.slice()
      broken[length - 1] = Number.NaN
      return {
        scaled,
        levels,
        masked,
        norm: kernels.norm(x),
        nonFinite: [kernels.firstNonFinite(x), kernels.firstNonFinite(broken)],
      }
    })
    expect(made).toEqual(expected)
  }
})

test('an engine without WebAssembly gets the plain ones', async () => {
  vi.stubGlobal('WebAssembly', undefined)
  vi.resetModules()
  const { loadVectorKernels: load } = await import('./load-vectors.ts')
  expect((await load()).name).toBe('plain')
})
