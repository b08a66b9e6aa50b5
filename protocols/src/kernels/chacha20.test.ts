import { chacha20 } from '@noble/ciphers/chacha.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChaCha20Mask, loadKernels, plainKernels } from './index.ts'
import { lengths, xorshift } from './kernels.arbitraries.ts'
import { createSimdKernels } from './simd.ts'
import { instantiateSimd } from './simd-module.ts'

const simd = await loadKernels()

/** RFC 8439, section 2.3.2 and appendix A.1. */
const rfc8439 = [
  {
    source: '2.3.2',
    key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    nonce: '000000090000004a00000000',
    counter: 1,
    keystream:
      '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
  },
  {
    source: 'A.1 #1',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    counter: 0,
    keystream:
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
  },
  {
    source: 'A.1 #2',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    counter: 1,
    keystream:
      '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
  },
  {
    source: 'A.1 #3',
    key: `${'00'.repeat(31)}01`,
    nonce: '00'.repeat(12),
    counter: 1,
    keystream:
      '3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0',
  },
  {
    source: 'A.1 #4',
    key: `00ff${'00'.repeat(30)}`,
    nonce: '00'.repeat(12),
    counter: 2,
    keystream:
      '72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096',
  },
  {
    source: 'A.1 #5',
    key: '00'.repeat(32),
    nonce: `${'00'.repeat(11)}02`,
    counter: 0,
    keystream:
      'c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c78a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d',
  },
]

describe.each([simd, plainKernels])('chacha20Add of the $name kernels', (kernels) => {
  test.each(rfc8439)('gives the block of RFC 8439 $source', ({ key, nonce, counter, keystream }) => {
    const acc = new Uint32Array(16)
    kernels.chacha20Add(acc, { key: fromHex(key), nonce: fromHex(nonce), counter, sign: 1 })
    expect(toHex(acc)).toBe(keystream)
  })

  test('adds and subtracts the keystream of @noble/ciphers mod 2^32, at any length, offset, nonce and counter', () => {
    fc.assert(
      fc.property(
        masks(),
        lengths(),
        fc.integer(),
        fc.integer({ min: 0, max: 3 }),
        (mask, length, seed, offset) => {
          const before = randomWords(length, seed, offset)
          const acc = before.slice()
          kernels.chacha20Add(acc, mask)
          expect(equal(acc, expected(before, mask))).toBe(true)
          kernels.chacha20Add(acc, { ...mask, sign: mask.sign === 1 ? -1 : 1 })
          expect(equal(acc, before)).toBe(true)
        },
      ),
    )
  })

  test('a resident accumulator takes the same mask', () => {
    fc.assert(
      fc.property(masks(), lengths(), fc.integer(), (mask, length, seed) => {
        const before = randomWords(length, seed)
        const sum = kernels.modularAccumulator(length)
        sum.assign(before)
        sum.addMask(mask)
        expect(equal(sum.read(), expected(before, mask))).toBe(true)
        sum.release()
      }),
    )
  })

  test('a key at an odd offset of its buffer is read as it stands', () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7)
    const shifted = new Uint8Array(33)
    shifted.set(key, 1)
    const [a, b] = [new Uint32Array(20), new Uint32Array(20)]
    kernels.chacha20Add(a, { key, sign: 1 })
    kernels.chacha20Add(b, { key: shifted.subarray(1), sign: 1 })
    expect(b).toEqual(a)
  })

  test('other kernels before it leave no trace in the mask', () => {
    const x = new Float32Array(100).fill(Number.NaN)
    kernels.axpy(x.slice(), x, 1)
    const mask: ChaCha20Mask = { key: new Uint8Array(32).fill(9), sign: 1 }
    const acc = new Uint32Array(7)
    kernels.chacha20Add(acc, mask)
    expect(acc).toEqual(expected(new Uint32Array(7), mask))
  })

  test('the last blocks below the counter limit work, one more is refused', () => {
    const key = new Uint8Array(32).fill(3)
    const mask: ChaCha20Mask = { key, sign: 1, counter: 2 ** 32 - 3 }
    const acc = new Uint32Array(32)
    kernels.chacha20Add(acc, mask)
    expect(acc).toEqual(expected(new Uint32Array(32), mask))
    expect(() => kernels.chacha20Add(new Uint32Array(33), mask)).toThrow('run past block 2^32 - 2')
  })

  test.each([
    [{ key: new Uint8Array(31) }, 'the key must have 32 bytes, not 31'],
    [{ nonce: new Uint8Array(8) }, 'the nonce must have 12 bytes, not 8'],
    [{ counter: -1 }, 'counter must be a whole number'],
    [{ counter: 0.5 }, 'counter must be a whole number'],
  ])('misuse %# is refused and changes nothing', (wrong, message) => {
    const acc = new Uint32Array(4)
    expect(() => kernels.chacha20Add(acc, { key: new Uint8Array(32), sign: 1, ...wrong })).toThrow(message)
    expect(acc).toEqual(new Uint32Array(4))
  })

  test('no error names the key', () => {
    const key = new Uint8Array(31).fill(0xab)
    expect(() => kernels.chacha20Add(new Uint32Array(1), { key, sign: 1 })).toThrow(/^(?!.*(ab|171)).*$/)
  })
})

test('the SIMD module keeps neither key nor keystream in its memory', async () => {
  const module = await instantiateSimd()
  if (!module) throw new Error('this machine has no WebAssembly SIMD')
  const kernels = createSimdKernels(module)
  const key = Uint8Array.from({ length: 32 }, (_, i) => 200 - i)
  const [sum, masked] = [kernels.modularAccumulator(21), new Uint32Array(21)]
  sum.addMask({ key, sign: 1 })
  plainKernels.chacha20Add(masked, { key, sign: 1 })
  expect(holds(module.memory, new Uint8Array(masked.buffer))).toBe(true)
  sum.assign(new Uint32Array(21))
  expect(holds(module.memory, key.subarray(0, 8))).toBe(false)
  expect(holds(module.memory, new Uint8Array(masked.buffer, 64, 8))).toBe(false)
})

function holds(memory: WebAssembly.Memory, bytes: Uint8Array): boolean {
  return Buffer.from(memory.buffer).includes(Buffer.from(bytes))
}

function masks(): fc.Arbitrary<ChaCha20Mask> {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  return fc.record({
    key: bytes(32),
    nonce: bytes(12),
    counter: fc.integer({ min: 0, max: 2 ** 32 - 5000 }),
    sign: fc.constantFrom(1 as const, -1 as const),
  })
}

function expected(before: Uint32Array, { key, nonce, counter, sign }: ChaCha20Mask): Uint32Array {
  const bytes = chacha20(
    key,
    nonce ?? new Uint8Array(12),
    new Uint8Array(before.length * 4),
    undefined,
    counter,
  )
  const keystream = new DataView(bytes.buffer, bytes.byteOffset)
  return before.map((word, i) => word + sign * keystream.getUint32(i * 4, true))
}

function randomWords(length: number, seed: number, offset = 0): Uint32Array {
  const next = xorshift(seed)
  return new Uint32Array(new ArrayBuffer((length + offset) * 4), offset * 4, length).map(() => next())
}

function equal(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i])
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function toHex(words: Uint32Array): string {
  return [...new Uint8Array(words.buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
