import {
  CompressionFormatError,
  compressionSeed,
  compressUpdate,
  decompressUpdate,
} from '@tributary/protocols/compression'
import { fromHex, toHex } from '@tributary/protocols/crypto'
import { vectorOver } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import { CompressionVectors, readVectors } from './vectors.ts'

const { round, model, seed, cases, refused } = readVectors('compression.json', CompressionVectors)
const float32 = (hex: string) => vectorOver('F32', fromHex(hex))

test('[T12] the seed is made of round and model', () => {
  expect(compressionSeed({ round, model })).toBe(seed)
})

test.each(cases)('[T13] $name is the bytes of the vectors, and what they stand for', (vector) => {
  const { compression, length, beside, values, residual, chances = '', bytes, read, left } = vector
  const form = { compression, length, beside }
  const made = compressUpdate(float32(values), form, {
    seed,
    random: { bytes: () => fromHex(chances) },
    ...(residual !== undefined && { residual: float32(residual) }),
  })
  expect(toHex(made.bytes)).toBe(bytes)
  expect(made.residual).toEqual(left === undefined ? undefined : float32(left))
  expect(decompressUpdate(fromHex(bytes), form, seed)).toEqual(float32(read))
})

test.each(refused)('[T13] $case: $description is refused as $reason', ({ case: of, reason, bytes }) => {
  const form = cases.find(({ name }) => name === of)
  if (!form) throw new Error(`there is no case ${of}`)
  const read = () => decompressUpdate(fromHex(bytes), form, seed)
  expect(read).toThrow(CompressionFormatError)
  expect(read).toThrow(expect.objectContaining({ reason }))
})
