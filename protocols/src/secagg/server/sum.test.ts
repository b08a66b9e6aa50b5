import { expect, test } from 'vitest'
import { plainKernels } from '../../kernels/plain.ts'
import { packWords } from '../packing.ts'
import { VectorLayout } from '../vector-layout.ts'
import { createMaskedSum, isMaskedVector } from './sum.ts'

const layout = VectorLayout.parse({
  bits: 20,
  maxWeight: 10,
  segments: [{ name: 'x', length: 2, bound: 1, averagedBy: 'clients' }],
})
const packed = packWords(Uint32Array.of(3, 100, -50), 20)

test('a vector that is folded twice counts once', () => {
  const sum = createMaskedSum({ layout, clients: 4, kernels: plainKernels })
  expect([sum.fold(0, packed), sum.fold(0, packed), sum.fold(1, packed)]).toEqual([
    'folded',
    'folded',
    'folded',
  ])
  const found = sum.finish()
  expect(found).toMatchObject({ kind: 'sum', examples: 6, segments: { x: { divisor: 2 } } })
})

test('bytes that are no vector of the layout are not folded', () => {
  const sum = createMaskedSum({ layout, clients: 4, kernels: plainKernels })
  expect(isMaskedVector(layout, packed)).toBe(true)
  for (const wrong of [
    packed.subarray(1),
    new Uint8Array(9),
    packed.map((byte, at) => (at === 7 ? byte | 0xf0 : byte)),
  ]) {
    expect(sum.fold(0, wrong)).toBe('wrong-vector')
    expect(isMaskedVector(layout, wrong)).toBe(false)
  }
  sum.release()
})

test('a vector that is far out of range makes no sum', () => {
  const sum = createMaskedSum({ layout, clients: 4, kernels: plainKernels })
  sum.fold(0, packWords(Uint32Array.of(3, 2 ** 18, 0), 20))
  expect(sum.finish()).toEqual({ kind: 'out-of-range', segment: 'x' })
})

test('a mask that is left in makes no sum, but for a chance of one in thousands', () => {
  const sum = createMaskedSum({ layout, clients: 4, kernels: plainKernels })
  sum.fold(0, packed)
  sum.unmask([{ key: new Uint8Array(32).fill(1), sign: 1 }])
  expect(sum.finish().kind).toBe('out-of-range')
})
