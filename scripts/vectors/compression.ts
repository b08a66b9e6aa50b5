import { Digest, RoundId } from '@tributary/protocols'
import {
  type CompressedForm,
  compressionSeed,
  compressUpdate,
  decompressUpdate,
} from '@tributary/protocols/compression'
import { toHex } from '@tributary/protocols/crypto'
import { normal, seededRandom } from '@tributary/protocols/runtime'
import { Compression } from '@tributary/protocols/task'

export const compressionVectors = () => ({
  description:
    'Compressed updates (rules T12 and T13): `values` are the update’s, `length` of a delta and `beside` behind it; `bytes` are what is sealed, and `read` what they stand for, both of all stages; float32 is little-endian, byte strings are hex. `chances` is what levels are rounded by: a uint32 for each value sent, little-endian. `residual` is what top-k left out before, `left` what it leaves out. `refused` are bytes for the form of a case, and why they are none.',
  round,
  model,
  seed,
  cases: CASES.map(([name, compression, more]) => caseOf(name, formOf(compression, more), more?.residual)),
  refused: refusals(),
})

const round = RoundId.parse('digits.7')
const model = Digest.parse(`sha256:${'5c'.repeat(32)}`)
const seed = compressionSeed({ round, model })
const LENGTH = 21

const rotation = 'hadamard'
const randomK = { kind: 'random-k', share: 0.3 } as const
const topK = { kind: 'top-k', share: 0.15 } as const

type More = { beside?: number; length?: number; residual?: 'yes' }
const CASES: readonly [string, Parameters<typeof Compression.parse>[0], More?][] = [
  ['levels', { bits: 8 }],
  ['levels, and a value beside', { bits: 8 }, { beside: 1 }],
  ['rotated levels', { rotation, bits: 8 }],
  ['random-k', { sparsify: randomK }],
  ['random-k as it is', { sparsify: { ...randomK, rescale: false } }],
  ['rotated random-k', { rotation, sparsify: randomK }],
  ['rotated random-k in levels, and a value beside', { rotation, sparsify: randomK, bits: 8 }, { beside: 1 }],
  ['top-k', { sparsify: topK }],
  ['top-k with what was left out before', { sparsify: topK }, { residual: 'yes' }],
  ['top-k in levels with what was left out before', { sparsify: topK, bits: 8 }, { residual: 'yes' }],
  ['top-k far apart', { sparsify: { kind: 'top-k', share: 0.002 } }, { length: 1_500 }],
]

const formOf = (compression: unknown, { beside = 0, length = LENGTH }: More = {}): CompressedForm => ({
  compression: Compression.parse(compression),
  length,
  beside,
})

const float32 = (name: string, length: number) => {
  const random = seededRandom(`compression vectors ${name}`)
  return Float32Array.from({ length }, () => normal(random))
}
const hexOf = (values: Float32Array) =>
  toHex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))

const made = (name: string, form: CompressedForm, residual?: 'yes') => {
  const values = float32(name, form.length + form.beside)
  const before = residual && float32(`${name} residual`, form.length)
  let chances = new Uint8Array()
  const source = seededRandom(`compression vectors ${name} chances`)
  const random = {
    bytes(length: number) {
      chances = Uint8Array.of(...chances, ...source.bytes(length))
      return chances.slice(-length)
    },
  }
  const { bytes, residual: left } = compressUpdate(values, form, {
    seed,
    random,
    ...(before && { residual: before }),
  })
  return { values, before, chances, bytes, left }
}

const caseOf = (name: string, form: CompressedForm, residual?: 'yes') => {
  const { values, before, chances, bytes, left } = made(name, form, residual)
  return {
    name,
    ...form,
    values: hexOf(values),
    ...(before && { residual: hexOf(before) }),
    ...(chances.length > 0 && { chances: toHex(chances) }),
    bytes: toHex(bytes),
    read: hexOf(decompressUpdate(bytes, form, seed)),
    ...(left && { left: hexOf(left) }),
  }
}

/** Bytes of a case, altered. */
const refusals = () => {
  const bytesOf = (name: string) => {
    const found = CASES.find(([candidate]) => candidate === name)
    if (!found) throw new Error(`there is no case ${name}`)
    return made(name, formOf(found[1], found[2]), found[2]?.residual).bytes
  }
  const refused = (
    of: string,
    description: string,
    reason: string,
    change: (bytes: Uint8Array) => Uint8Array,
  ) => ({
    case: of,
    description,
    reason,
    bytes: toHex(change(bytesOf(of))),
  })
  const set =
    (at: number, ...values: number[]) =>
    (bytes: Uint8Array) => {
      const other = bytes.slice()
      other.set(values, at < 0 ? bytes.length + at : at)
      return other
    }
  return [
    refused('levels', 'nothing', 'wrong-length', () => new Uint8Array()),
    refused('levels', 'a byte too few', 'wrong-length', (bytes) => bytes.slice(0, -1)),
    refused('levels', 'a byte too many', 'wrong-length', (bytes) => Uint8Array.of(...bytes, 0)),
    refused('levels', 'another version', 'other-stages', set(0, 2)),
    refused('levels', 'another stage', 'other-stages', set(1, 9)),
    refused('levels', 'a byte that is to be zero', 'other-stages', set(2, 1)),
    refused('levels', 'four billion values', 'other-stages', set(4, 255, 255, 255, 255)),
    refused('levels', 'a step that is not a number', 'bad-levels', set(12, 0, 0, 192, 127)),
    refused('levels', 'a step below zero', 'bad-levels', set(12, 0, 0, 128, 191)),
    refused('levels', 'a greatest value beyond float32', 'bad-levels', set(12, 255, 255, 127, 127)),
    refused('top-k', 'a coordinate beyond the vector', 'bad-coordinates', set(-1, 127)),
    refused('top-k', 'a coordinate in more bytes than it needs', 'bad-coordinates', (bytes) =>
      Uint8Array.of(...bytes.slice(0, -1), (bytes.at(-1) ?? 0) | 128, 0),
    ),
    refused('top-k', 'a coordinate of six bytes', 'bad-coordinates', (bytes) =>
      Uint8Array.of(...bytes.slice(0, -1), 255, 255, 255, 255, 255, 1),
    ),
    refused('top-k', 'a coordinate that does not end', 'wrong-length', (bytes) =>
      Uint8Array.of(...bytes.slice(0, -1), 128),
    ),
    refused('top-k', 'a coordinate too few', 'wrong-length', (bytes) => bytes.slice(0, -1)),
    refused('top-k', 'a coordinate too many', 'wrong-length', (bytes) => Uint8Array.of(...bytes, 0)),
  ]
}
