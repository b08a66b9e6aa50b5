import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DatasetError } from './dataset-error.ts'
import { readIdx } from './idx.ts'
import { anIdx } from './idx-fixture.ts'

const anExpectation = (...shape: (number | 'any')[]) => ({ name: 'digits.idx', shape })

describe('an IDX array', () => {
  it('is read with its shape and elements', () => {
    const bytes = anIdx({ shape: [2, 3], values: [1, 2, 3, 4, 5, 255] })
    const { shape, values } = readIdx(bytes, anExpectation(2, 'any'))
    expect({ shape, values: [...values] }).toEqual({ shape: [2, 3], values: [1, 2, 3, 4, 5, 255] })
  })

  it('is read from the middle of a larger buffer', () => {
    const bytes = anIdx({ shape: [2], values: [7, 9] })
    const padded = new Uint8Array(bytes.length + 5)
    padded.set(bytes, 3)
    expect([...readIdx(padded.subarray(3, 3 + bytes.length), anExpectation('any')).values]).toEqual([7, 9])
  })

  it.each([
    ['empty', new Uint8Array(0), anExpectation(1), 'truncated: 0 bytes'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), anExpectation(1), 'still gzip-compressed'],
    ['text', new TextEncoder().encode('<html>'), anExpectation(1), 'not an IDX file: it starts with 0x3c68'],
    [
      'of floats',
      anIdx({ shape: [1], values: [0, 0, 0, 0], type: 0x0d }),
      anExpectation(1),
      'type 0x0d, not unsigned bytes',
    ],
    [
      'of another rank',
      anIdx({ shape: [1, 1], values: [0] }),
      anExpectation(1),
      '2 dimensions where 1 are expected',
    ],
    [
      'cut in its header',
      anIdx({ shape: [1, 1], values: [] }).subarray(0, 9),
      anExpectation(1, 1),
      'header alone has 12',
    ],
    [
      'of another shape',
      anIdx({ shape: [2, 2], values: [1, 2, 3, 4] }),
      anExpectation('any', 3),
      'shape 2 × 2 where any × 3',
    ],
    [
      'too long',
      anIdx({ shape: [1], values: [1, 2, 3] }),
      anExpectation(1),
      '2 bytes after its last element',
    ],
  ])('%s is refused with its name and the reason', (_, bytes, expectation, reason) => {
    const read = () => readIdx(bytes, expectation)
    expect(read).toThrow(DatasetError)
    expect(read).toThrow('digits.idx')
    expect(read).toThrow(reason)
  })

  it('cut anywhere is refused', () => {
    const bytes = anIdx({ shape: [2, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] })
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(() => readIdx(bytes.subarray(0, length), anExpectation(2, 2, 2))).toThrow('truncated')
      }),
    )
  })

  it('is refused, not allocated for, when its header promises 2^96 elements', () => {
    const bytes = anIdx({ shape: [0xffffffff, 0xffffffff, 0xffffffff], values: [] })
    expect(() => readIdx(bytes, anExpectation('any', 'any', 'any'))).toThrow('truncated')
  })
})
