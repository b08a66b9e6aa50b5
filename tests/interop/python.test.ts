/** Our bytes against implementations that share no line with ours: safetensors, PyNaCl and cryptography in Python. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createKeyPair, fromBase64url, open, seal, toHex } from '@tributary/protocols/crypto'
import { seededRandom } from '@tributary/protocols/runtime'
import {
  Dtype,
  decodeSafetensors,
  digestOf,
  elementBytes,
  encodeSafetensors,
  TensorManifest,
  type VectorOf,
  vectorOver,
} from '@tributary/protocols/tensors'
import { beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  CompressionVectors,
  EnvelopeVectors,
  readVectors,
  SafetensorsVectors,
  StatementVectors,
} from '../vectors/vectors.ts'
import { pythonOfTests, runPython, temporaryFolder, withoutPython } from './python.ts'

const vectorsFolder = fileURLToPath(new URL('../vectors/', import.meta.url))
const Described = z.array(
  z.strictObject({
    file: z.string(),
    tensors: TensorManifest,
    values: z.string(),
    metadata: z.record(z.string(), z.string()),
  }),
)
type Described = z.infer<typeof Described>
const hexOf = (values: ArrayBufferView) =>
  toHex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))

if (withoutPython) console.warn('tests/interop: skipped, because TRIBUTARY_PYTHON=off')

describe.skipIf(withoutPython)('Python', () => {
  let python = ''
  beforeAll(() => {
    python = pythonOfTests()
  }, 600_000)

  test('reads our tensor files bit for bit, and we read its own', () => {
    using folder = temporaryFolder()
    const ours = ourFiles()
    for (const { file, bytes } of ours) writeFileSync(folder.file(file), bytes)
    const described: Described = ours.map(({ bytes: _, ...description }) => description)
    writeFileSync(folder.file('from-typescript.json'), JSON.stringify(described))

    const Checked = z.array(z.strictObject({ file: z.string(), pythonDigest: z.string() }))
    const checked = Checked.parse(runPython(python, 'safetensors_files.py', folder.path))
    expect(checked.map(({ file }) => file)).toEqual(ours.map(({ file }) => file))
    const theirs = new Map(checked.map(({ file, pythonDigest }) => [file, pythonDigest]))
    for (const { file, bytes, sorted } of ours)
      if (sorted) expect(theirs.get(file), `${file} is byte for byte Python’s`).toBe(digestOf(bytes))

    const written = Described.parse(JSON.parse(readFileSync(folder.file('from-python.json'), 'utf8')))
    expect(written.length).toBe(10)
    for (const { file, tensors, values, metadata } of written) {
      const dtype = tensors[0]?.dtype ?? 'F32'
      const read = decodeSafetensors(readFileSync(folder.file(file)), { dtype })
      expect(read.tensors, file).toEqual(tensors)
      expect(read.metadata, file).toEqual(metadata)
      expect(hexOf(read.values), file).toBe(values)
    }
  })

  test('opens, refuses, signs and verifies as the vectors say, and we open what it seals', () => {
    using folder = temporaryFolder()
    const { context } = readVectors('envelope.json', EnvelopeVectors)
    const { publicKey, secretKey } = createKeyPair()
    const plaintext = seededRandom('interop').bytes(700_001)
    writeFileSync(folder.file('from-typescript.bin'), seal({ plaintext, recipient: publicKey, context }))
    const described = { secretKey: toHex(secretKey), context, plaintextDigest: digestOf(plaintext) }
    writeFileSync(folder.file('from-typescript.json'), JSON.stringify(described))

    const checked = runPython(python, 'vectors.py', vectorsFolder, folder.path)
    expect(checked).toEqual(casesInVectors())
    const envelope = new Uint8Array(readFileSync(folder.file('from-python.bin')))
    expect(digestOf(open({ envelope, secretKey, context }).reverse())).toBe(digestOf(plaintext))
  })

  test('[T13] reads compressed updates bit for bit, and refuses what is none', () => {
    const { cases, refused } = readVectors('compression.json', CompressionVectors)
    expect(runPython(python, 'compression.py', vectorsFolder)).toEqual({
      'compression.json': cases.length + refused.length,
    })
  })
})

/** So many cases must have been checked: a script that looked at none would otherwise pass. */
const casesInVectors = () => {
  const envelopes = readVectors('envelope.json', EnvelopeVectors)
  const statements = readVectors('statements.json', StatementVectors)
  return {
    'envelope.json': envelopes.cases.length + envelopes.refusals.length,
    'statements.json':
      statements.signingBytes.length +
      3 +
      statements.withdrawals.length +
      statements.models.length +
      statements.refusedModels.length +
      statements.submissions.length +
      statements.refusedSubmissions.length,
    'primitives.json': 12,
    'secagg.json': 3 + 3 + 5 + 2 + 3 + 3 + 4,
  }
}

type OurFile = Described[number] & { bytes: Uint8Array; sorted: boolean }

/** The files of the vectors, one of many tensors, and one of each element type. */
const ourFiles = (): OurFile[] => {
  const described = readVectors('safetensors.json', SafetensorsVectors).files.map(
    ({ tensors, metadata, values, file }, at): OurFile => ({
      file: `vector-${at}.safetensors`,
      tensors,
      metadata,
      values,
      bytes: fromBase64url(file),
      // With two keys or more, Python's own order of metadata changes from run to run.
      sorted: isSorted(tensors) && Object.keys(metadata).length < 2,
    }),
  )
  const many: TensorManifest = Array.from({ length: 300 }, (_, at) => ({
    name: `layer.${at}.weight`,
    shape: [1 + (at % 7), 3],
    dtype: 'F32',
  }))
  const length = many.reduce((sum, { shape: [rows = 1, columns = 1] }) => sum + rows * columns, 0)
  const values = vectorOver('F32', seededRandom('interop values').bytes(4 * length))
  return [
    ...described,
    ourFile('many', many, values),
    ourFile('sorted', many.toSorted(byName), values),
    ...Dtype.options.map((dtype) => ourFile(dtype, [{ name: 'v', shape: [2, 4], dtype }], eightOf(dtype))),
  ]
}

const ourFile = (name: string, tensors: TensorManifest, values: VectorOf[Dtype]): OurFile => ({
  file: `${name}.safetensors`,
  tensors,
  metadata: {},
  values: hexOf(values),
  bytes: encodeSafetensors({ tensors, values }),
  sorted: isSorted(tensors),
})

const eightOf = (dtype: Dtype) =>
  vectorOver(dtype, seededRandom(`eight of ${dtype}`).bytes(8 * elementBytes(dtype)))

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
const isSorted = (tensors: TensorManifest) =>
  tensors.every(({ name }, at) => name === tensors.toSorted(byName)[at]?.name)
