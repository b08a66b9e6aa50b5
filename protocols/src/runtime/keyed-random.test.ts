import { createCipheriv } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyedRandom } from './keyed-random.ts'

test('is the ChaCha20 keystream of its key, as another implementation has it, however it is drawn', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i)
  const cipher = createCipheriv('chacha20', key, new Uint8Array(16))
  const expected = new Uint8Array(cipher.update(new Uint8Array(200_000)))
  const random = keyedRandom(key)
  const drawn = [1, 63, 65_536, 70_000, 64_400].map((length) => random.bytes(length))
  expect(Buffer.concat(drawn).equals(Buffer.from(expected))).toBe(true)
  expect(keyedRandom(key).bytes(8)).toEqual(expected.subarray(0, 8))
})

test('takes a key of 32 bytes', () => {
  expect(() => keyedRandom(new Uint8Array(31))).toThrow(RangeError)
})
