import { describe, expect, test } from 'vitest'
import { arrangeTensors, checkTensors, firstNonFinite } from './check.ts'
import { TensorManifest as Manifest, type TensorManifest, tensorAt, tensorSpans } from './manifest.ts'

const model: TensorManifest = [
  { name: 'kernel', shape: [2, 3], dtype: 'F32' },
  { name: 'bias', shape: [3], dtype: 'F32' },
]
const [kernel, bias] = model as [TensorManifest[number], TensorManifest[number]]

describe('[T1] [T4] a manifest', () => {
  test('places each tensor after the one before it', () => {
    expect(tensorSpans(model).map(({ name, start, end }) => [name, start, end])).toEqual([
      ['kernel', 0, 6],
      ['bias', 6, 9],
    ])
  })

  test('finds the tensor of a flat index', () => {
    expect([0, 5, 6, 8].map((at) => tensorAt(model, at))).toEqual([
      { tensor: 'kernel', index: 0 },
      { tensor: 'kernel', index: 5 },
      { tensor: 'bias', index: 0 },
      { tensor: 'bias', index: 2 },
    ])
    expect(() => tensorAt(model, 9)).toThrow(RangeError)
  })

  test.each<[string, unknown]>([
    ['two tensors of one name', [bias, bias]],
    ['no tensors', []],
    ['more elements than the limit', [{ name: 'x', shape: [65_536, 65_536], dtype: 'F32' }]],
    ['an unknown dtype', [{ name: 'x', shape: [1], dtype: 'F64' }]],
    ['half a surrogate pair', [{ name: '\ud800', shape: [1], dtype: 'F32' }]],
    ['a control character', [{ name: 'a\nb', shape: [1], dtype: 'F32' }]],
  ])('refuses %s', (_, manifest) => {
    expect(Manifest.safeParse(manifest).success).toBe(false)
  })
})

describe('checking against the expected tensors', () => {
  test('the same tensors differ in nothing', () => {
    expect(checkTensors(model, { tensors: structuredClone(model) })).toBeUndefined()
  })

  test.each<[string, TensorManifest, string, string]>([
    ['a missing tensor', [kernel], 'missing', 'bias'],
    ['another order', [bias, kernel], 'name', 'kernel'],
    ['another shape of equal size', [{ ...kernel, shape: [3, 2] }, bias], 'shape', 'kernel'],
    ['another dtype', [kernel, { ...bias, dtype: 'U32' }], 'dtype', 'bias'],
    ['an extra tensor', [kernel, bias, { ...bias, name: 'extra' }], 'unexpected', 'extra'],
  ])('%s is named', (_, tensors, reason, tensor) => {
    expect(checkTensors(model, { tensors })).toMatchObject({ reason, tensor })
  })
})

describe('arranging', () => {
  const sorted = { tensors: [bias, kernel], values: Float32Array.of(7, 8, 9, 1, 2, 3, 4, 5, 6) }

  test('puts another writer’s order into ours', () => {
    expect(arrangeTensors(model, sorted)).toEqual({ arranged: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) })
  })

  test.each<[string, TensorManifest, string, string]>([
    ['a missing tensor', [bias], 'missing', 'kernel'],
    ['an extra tensor', [bias, kernel, { ...bias, name: 'extra' }], 'unexpected', 'extra'],
    ['another shape', [{ ...bias, shape: [1, 3] }, kernel], 'shape', 'bias'],
  ])('refuses %s', (_, tensors, reason, tensor) => {
    expect(arrangeTensors(model, { ...sorted, tensors })).toMatchObject({ difference: { reason, tensor } })
  })
})

describe('finiteness', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%s is found and placed',
    (bad) => {
      const values = Float32Array.of(0, 1, -1, 3.4e38, -3.4e38, 1e-45, 6, bad, Number.NaN)
      expect(firstNonFinite({ tensors: model, values })).toEqual({ tensor: 'bias', index: 1 })
    },
  )

  test('finite values pass', () => {
    expect(
      firstNonFinite({ tensors: model, values: new Float32Array(9).fill(-3.4028234e38) }),
    ).toBeUndefined()
  })

  test('a caller’s own scan is used', () => {
    expect(firstNonFinite({ tensors: model, values: new Float32Array(9) }, () => 4)).toEqual({
      tensor: 'kernel',
      index: 4,
    })
  })
})
