import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type TensorManifest, TensorName } from './manifest.ts'
import { decodeSafetensors, encodeSafetensors, safetensorsBytes } from './safetensors.ts'
import { TensorFormatError } from './tensor-format-error.ts'

const model: TensorManifest = [
  { name: 'dense/kernel', shape: [2, 3], dtype: 'F32' },
  { name: 'dense/bias', shape: [3], dtype: 'F32' },
  { name: 'scale', shape: [], dtype: 'F32' },
]
const values = Float32Array.of(1, -2, 3.5, 0, -0, 6e-39, 7, 8, 9, 10)
const encoded = () => encodeSafetensors({ tensors: model, values, metadata: { b: '2', a: '1' } })

/** A file with this header text and so many zero bytes of data. */
const fileOf = (json: string, dataBytes: number): Uint8Array => {
  const text = new TextEncoder().encode(json)
  const header = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20)
  header.set(text)
  const file = new Uint8Array(8 + header.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true)
  file.set(header, 8)
  return file
}
const refusal = (bytes: Uint8Array) => {
  try {
    decodeSafetensors(bytes)
  } catch (error) {
    if (error instanceof TensorFormatError) return { code: error.code, tensor: error.tensor }
    throw error
  }
  return undefined
}
const bias = (rest: string) => `{"bias":{${rest}}}`

describe('the layout', () => {
  test('is the header’s length, the header padded with spaces to 8, and the data', () => {
    const bytes = encoded()
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))
    expect(headerLength % 8).toBe(0)
    expect(header.trimEnd()).toBe(
      '{"__metadata__":{"a":"1","b":"2"},' +
        '"dense/kernel":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},' +
        '"dense/bias":{"dtype":"F32","shape":[3],"data_offsets":[24,36]},' +
        '"scale":{"dtype":"F32","shape":[],"data_offsets":[36,40]}}',
    )
    expect(bytes.length).toBe(8 + headerLength + 40)
    expect(bytes.length).toBe(safetensorsBytes(model, { a: '1', b: '2' }))
  })

  test('is the same for the same input, whatever the order of metadata', () => {
    expect(encodeSafetensors({ tensors: model, values, metadata: { a: '1', b: '2' } })).toEqual(encoded())
  })

  test('keeps the manifest’s order even where names look like integers', () => {
    const tensors: TensorManifest = ['b', '1', '0'].map((name) => ({ name, shape: [1], dtype: 'F32' }))
    const file = decodeSafetensors(encodeSafetensors({ tensors, values: Float32Array.of(5, 6, 7) }))
    expect(file.tensors.map(({ name }) => name)).toEqual(['b', '1', '0'])
    expect([...file.values]).toEqual([5, 6, 7])
  })
})

describe('[T3] reading', () => {
  test('gives back what was written, to the bit', () => {
    const file = decodeSafetensors(encoded())
    expect(file.tensors).toEqual(model)
    expect(file.metadata).toEqual({ a: '1', b: '2' })
    expect(new Uint32Array(file.values.buffer, file.values.byteOffset, 10)).toEqual(
      new Uint32Array(values.buffer),
    )
  })

  test('copies where the bytes are unaligned', () => {
    const bytes = encoded()
    for (let shift = 0; shift < 8; shift++) {
      const room = new Uint8Array(bytes.length + shift)
      room.set(bytes, shift)
      expect([...decodeSafetensors(room.subarray(shift)).values]).toEqual([...values])
    }
  })

  test('takes tensors in the order of their data, not of the header', () => {
    const file = fileOf(
      '{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      8,
    )
    expect(decodeSafetensors(file).tensors.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('holds other element types when they are asked for', () => {
    const masked = {
      tensors: [{ name: 'masked', shape: [3], dtype: 'U32' as const }],
      values: Uint32Array.of(1, 2, 2 ** 32 - 1),
    }
    expect(decodeSafetensors(encodeSafetensors(masked), { dtype: 'U32' }).values).toEqual(masked.values)
    expect(refusal(encodeSafetensors(masked))).toEqual({ code: 'wrong-dtype', tensor: 'masked' })
  })

  test.each<[string, Uint8Array, string, string?]>([
    ['nothing at all', new Uint8Array(0), 'truncated'],
    ['a cut length', new Uint8Array(7), 'truncated'],
    ['a length beyond the bytes', Uint8Array.of(64, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d), 'truncated'],
    ['a length of 2^64-1', new Uint8Array(16).fill(255), 'header-too-long'],
    ['an unpadded header', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d), 'header-unaligned'],
    ['no header', new Uint8Array(8), 'header-not-json'],
    [
      'a header that is not UTF-8',
      Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, ...Array(8).fill(0xff)),
      'header-not-json',
    ],
    ['a header that is no object', fileOf('[1]', 0), 'header-not-json'],
    [
      'a header that begins with a space',
      fileOf(` ${bias('"dtype":"F32","shape":[1],"data_offsets":[0,4]')}`, 4),
      'header-not-json',
    ],
    ['a deeply nested header', fileOf('['.repeat(200_000), 0), 'header-not-json'],
    ['no tensors', fileOf('{}', 0), 'bad-manifest'],
    [
      'one name twice',
      fileOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      'duplicate-name',
      'a',
    ],
    [
      'one key of a tensor twice',
      fileOf(bias('"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]'), 4),
      'duplicate-name',
      'dtype',
    ],
    [
      'an unknown key',
      fileOf(bias('"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1'), 4),
      'bad-tensor',
      'bias',
    ],
    [
      'an unknown dtype',
      fileOf(bias('"dtype":"F64","shape":[1],"data_offsets":[0,8]'), 8),
      'unsupported-dtype',
      'bias',
    ],
    [
      'a negative dimension',
      fileOf(bias('"dtype":"F32","shape":[-1],"data_offsets":[0,4]'), 4),
      'bad-tensor',
      'bias',
    ],
    [
      'an empty dimension',
      fileOf(bias('"dtype":"F32","shape":[0],"data_offsets":[0,0]'), 0),
      'bad-tensor',
      'bias',
    ],
    [
      'a shape beyond the offsets',
      fileOf(bias('"dtype":"F32","shape":[2],"data_offsets":[0,4]'), 4),
      'wrong-length',
      'bias',
    ],
    [
      'a shape whose product overflows',
      fileOf(bias('"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]'), 4),
      'wrong-length',
      'bias',
    ],
    [
      'a tensor beyond the data',
      fileOf(bias('"dtype":"F32","shape":[1000000],"data_offsets":[0,4000000]'), 4),
      'truncated',
      'bias',
    ],
    [
      'a hole at the start',
      fileOf(bias('"dtype":"F32","shape":[1],"data_offsets":[4,8]'), 8),
      'bad-offsets',
      'bias',
    ],
    [
      'an overlap',
      fileOf(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
        12,
      ),
      'bad-offsets',
      'b',
    ],
    [
      'two tensors on the same bytes',
      fileOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      'bad-offsets',
      'b',
    ],
    [
      'bytes after the last tensor',
      fileOf(bias('"dtype":"F32","shape":[1],"data_offsets":[0,4]'), 5),
      'wrong-length',
    ],
    [
      'metadata that is not text',
      fileOf('{"__metadata__":{"a":1},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      'bad-metadata',
    ],
  ])('refuses %s', (_, bytes, code, tensor) => {
    expect(refusal(bytes)).toEqual({ code, tensor })
  })

  test('refuses a header over the limit that the caller sets', () => {
    expect(() => decodeSafetensors(encoded(), { maxHeaderBytes: 64 })).toThrow(/at most 64/)
  })

  test('says what is wrong and what to do', () => {
    expect(() =>
      decodeSafetensors(fileOf(bias('"dtype":"BF16","shape":[1],"data_offsets":[0,2]'), 2)),
    ).toThrow('tensor bias has dtype "BF16". Convert it to one of F32, I32, U32, I16, U16, I8, U8.')
  })
})

describe('writing', () => {
  test.each<[string, TensorManifest, Float32Array | Uint32Array, string]>([
    ['too few values', model, new Float32Array(9), 'wrong-length'],
    ['values of another type', model, new Uint32Array(10), 'wrong-dtype'],
    [
      'a name twice',
      [model[1], model[1]].flatMap((tensor) => tensor ?? []),
      new Float32Array(6),
      'bad-manifest',
    ],
    ['no tensors', [], new Float32Array(0), 'bad-manifest'],
    [
      'the reserved name',
      [{ name: '__metadata__', shape: [1], dtype: 'F32' }],
      new Float32Array(1),
      'bad-manifest',
    ],
  ])('refuses %s', (_, tensors, given, code) => {
    expect(() => encodeSafetensors({ tensors, values: given })).toThrow(expect.objectContaining({ code }))
  })
})

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 })
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((name) => TensorName.safeParse(name).success)
const manifests = fc
  .uniqueArray(fc.tuple(names, shapes), { minLength: 1, maxLength: 8, selector: ([name]) => name })
  .map((entries): TensorManifest => entries.map(([name, shape]) => ({ name, shape, dtype: 'F32' })))
const size = (tensors: TensorManifest) =>
  tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
const files = manifests.chain((tensors) =>
  fc.record({
    tensors: fc.constant(tensors),
    values: fc.float32Array({ minLength: size(tensors), maxLength: size(tensors) }),
    metadata: fc.dictionary(names, fc.string({ unit: 'grapheme', maxLength: 20 }), { maxKeys: 3 }),
  }),
)

describe('any file', () => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(files, (file) => {
        const bytes = encodeSafetensors(file)
        const read = decodeSafetensors(bytes)
        expect(read.tensors).toEqual(file.tensors)
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(file.metadata).sort())
        expect(encodeSafetensors(read)).toEqual(bytes)
        expect(bytes.length).toBe(safetensorsBytes(file.tensors, file.metadata))
      }),
    )
  })

  test('with bytes changed, cut or added is read or refused, and never anything else', () => {
    const edits = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(files, edits, fc.integer({ min: -40, max: 40 }), (file, changes, growth) => {
        const whole = encodeSafetensors(file)
        const bytes = new Uint8Array(Math.max(0, whole.length + growth))
        bytes.set(whole.subarray(0, bytes.length))
        for (const { at, byte } of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        refusal(bytes)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of random header text is read or refused, and never anything else', () => {
    const anyJson = fc.json({ maxDepth: 4 })
    const offsets = fc.tuple(fc.integer({ min: -1, max: 20 }), fc.integer({ min: -1, max: 20 }))
    const likely = fc
      .dictionary(
        names,
        fc.record({
          dtype: fc.constantFrom('F32', 'F64', 'U8'),
          shape: fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 2 }),
          data_offsets: offsets,
        }),
      )
      .map((header) => JSON.stringify(header))
    fc.assert(
      fc.property(fc.oneof(anyJson, likely, fc.string()), fc.nat(64), (json, dataBytes) => {
        refusal(fileOf(json, dataBytes))
      }),
      { numRuns: 2_000 },
    )
  })
})
