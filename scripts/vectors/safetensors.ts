import { concatBytes, toBase64url, toHex, toUtf8 } from '@tributary/protocols/crypto'
import { encodeSafetensors, type TensorManifest } from '@tributary/protocols/tensors'

export const safetensorsVectors = () => ({
  description:
    'Tensor files (safetensors) as this protocol writes and reads them. Files are base64url; values are the flat little-endian data in hex. Refused files are refused with the code.',
  files: files.map(({ name, tensors, values, metadata }) => ({
    name,
    tensors,
    metadata,
    values: toHex(new Uint8Array(values.buffer)),
    file: toBase64url(encodeSafetensors({ tensors, values, metadata })),
  })),
  refused: refused.map(([description, code, file]) => ({ description, code, file: toBase64url(file) })),
})

type File = { name: string; tensors: TensorManifest; values: Float32Array; metadata: Record<string, string> }

const files: readonly File[] = [
  {
    name: 'a scalar',
    tensors: [{ name: 'temperature', shape: [], dtype: 'F32' }],
    values: Float32Array.of(0.5),
    metadata: {},
  },
  {
    name: 'a small network with metadata',
    tensors: [
      { name: 'dense/bias', shape: [2], dtype: 'F32' },
      { name: 'dense/kernel', shape: [3, 2], dtype: 'F32' },
    ],
    values: Float32Array.of(1, -2, 3.25, -0, 1e-45, 3.4028234663852886e38, 0.1, 7),
    metadata: { format: 'tributary', task: 'digits' },
  },
  {
    name: 'names that JSON escapes, and that look like integers',
    tensors: [
      { name: '1', shape: [1], dtype: 'F32' },
      { name: '0', shape: [1], dtype: 'F32' },
      { name: 'quote " backslash \\ 模', shape: [1, 1], dtype: 'F32' },
    ],
    values: Float32Array.of(1, 2, 3),
    metadata: {},
  },
]

const tensor = (name: string, offsets: string, shape = '[1]', dtype = 'F32') =>
  `"${name}":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`

/** A file of this header, padded, and so many zero bytes. */
const fileOf = (header: string, dataBytes: number): Uint8Array => {
  const text = toUtf8(header.padEnd(Math.ceil(header.length / 8) * 8, ' '))
  return concatBytes(lengthOf(text.length), text, new Uint8Array(dataBytes))
}

const lengthOf = (length: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  return bytes
}

const refused: readonly [string, string, Uint8Array][] = [
  ['no bytes', 'truncated', new Uint8Array(0)],
  ['a header longer than the file', 'truncated', concatBytes(lengthOf(64), toUtf8('{}'))],
  ['a header of 2^64 - 1 bytes', 'header-too-long', new Uint8Array(16).fill(0xff)],
  ['a header that is not padded', 'header-unaligned', concatBytes(lengthOf(2), toUtf8('{}'))],
  ['a header that is not JSON', 'header-not-json', fileOf('{"a":', 4)],
  ['a header that begins with a space', 'header-not-json', fileOf(` {${tensor('a', '[0,4]')}}`, 4)],
  ['no tensors', 'bad-manifest', fileOf('{}', 0)],
  ['one name twice', 'duplicate-name', fileOf(`{${tensor('a', '[0,4]')},${tensor('a', '[4,8]')}}`, 8)],
  [
    'one name twice, once escaped',
    'duplicate-name',
    fileOf(`{${tensor('a', '[0,4]')},${tensor('\\u0061', '[4,8]')}}`, 8),
  ],
  ['a dtype that is not carried', 'unsupported-dtype', fileOf(`{${tensor('a', '[0,8]', '[1]', 'F64')}}`, 8)],
  [
    'an element type that was not asked for',
    'wrong-dtype',
    fileOf(`{${tensor('a', '[0,4]', '[1]', 'U32')}}`, 4),
  ],
  ['an empty dimension', 'bad-tensor', fileOf(`{${tensor('a', '[0,0]', '[0]')}}`, 0)],
  ['offsets that do not fit the shape', 'wrong-length', fileOf(`{${tensor('a', '[0,4]', '[2]')}}`, 4)],
  ['a hole', 'bad-offsets', fileOf(`{${tensor('a', '[0,4]')},${tensor('b', '[8,12]')}}`, 12)],
  [
    'an overlap',
    'bad-offsets',
    fileOf(`{${tensor('a', '[0,8]', '[2]')},${tensor('b', '[4,12]', '[2]')}}`, 12),
  ],
  ['missing data', 'truncated', fileOf(`{${tensor('a', '[0,8]', '[2]')}}`, 4)],
  ['data that no tensor has', 'wrong-length', fileOf(`{${tensor('a', '[0,4]')}}`, 8)],
  [
    'metadata that is not text',
    'bad-metadata',
    fileOf(`{"__metadata__":{"n":1},${tensor('a', '[0,4]')}}`, 4),
  ],
]
