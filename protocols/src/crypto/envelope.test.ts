import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClientId, Digest, RoundId, TaskId } from '../ids.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { createOpener, open, seal } from './envelope.ts'
import { EnvelopeError } from './envelope-error.ts'
import { type EnvelopeContext, envelopeKey, frameNonce } from './envelope-format.ts'
import { ENVELOPE_HEADER_BYTES, FRAME_BYTES, sealedBytes } from './envelope-sizes.ts'
import { createKeyPair, LowOrderKeyError, sharedSecret, tweetnaclX25519 } from './key-agreement.ts'
import { tweetnaclSecretbox } from './secretbox.ts'

const BOX = FRAME_BYTES + 16
const context: EnvelopeContext = {
  task: TaskId.parse('digits'),
  round: RoundId.parse('digits.12'),
  client: ClientId.parse(`c-${'0a'.repeat(16)}`),
  model: Digest.parse(`sha256:${'5c'.repeat(32)}`),
}
const chance = seededRandom('envelope tests')
const { publicKey: recipient, secretKey } = createKeyPair(chance)
const opener = createOpener({ secretKey })
const bytes = (length: number) => seededRandom(`plaintext of ${length}`).bytes(length)
const sealed = (plaintext: Uint8Array) => seal({ plaintext, recipient, context })
const reasonOf = (envelope: Uint8Array, other: Partial<EnvelopeContext> = {}) => {
  try {
    opener.open(envelope, { ...context, ...other })
  } catch (error) {
    if (error instanceof EnvelopeError) return error.reason
    throw error
  }
  return 'opened'
}
const boxesOf = (envelope: Uint8Array) => {
  const boxes = []
  for (let at = ENVELOPE_HEADER_BYTES; at < envelope.length; at += BOX)
    boxes.push(envelope.slice(at, at + BOX))
  return boxes
}
const withBoxes = (envelope: Uint8Array, boxes: Uint8Array[]) =>
  new Uint8Array(Buffer.concat([envelope.subarray(0, ENVELOPE_HEADER_BYTES), ...boxes]))
const box = (boxes: Uint8Array[], at: number) => boxes[at] ?? expect.fail(`no box ${at}`)

describe('an envelope', () => {
  test.each([0, 1, 1_000, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES, 600_000])(
    'of %d bytes opens to what was sealed and has exactly the announced size',
    (length) => {
      const envelope = sealed(bytes(length))
      expect(envelope.length).toBe(sealedBytes(length))
      expect(Buffer.compare(opener.open(envelope, context), bytes(length))).toBe(0)
    },
  )

  test.each([0, 1, FRAME_BYTES, FRAME_BYTES + 1, 600_000])(
    'of %d bytes opens into memory that is given for it, where it fits',
    (length) => {
      const envelope = sealed(bytes(length))
      const into = new Uint8Array(length + 1).fill(9)
      const opened = opener.open(envelope, context, into)
      expect([opened.buffer === into.buffer, into[length]]).toEqual([true, 9])
      expect(Buffer.compare(opened, bytes(length))).toBe(0)

      const short = new Uint8Array(Math.max(length - 1, 0)).fill(9)
      expect(Buffer.compare(opener.open(envelope, context, short), bytes(length))).toBe(0)
      expect(short.every((byte) => byte === 9)).toBe(true)
    },
  )

  test('of any bytes opens to what was sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (plaintext) => {
        expect(open({ envelope: sealed(plaintext), secretKey, context })).toEqual(plaintext)
      }),
      { numRuns: 30 },
    )
  })

  test('[E7] is another each time, though its contents are the same', () => {
    const [one, two] = [sealed(bytes(64)), sealed(bytes(64))]
    expect(one).not.toEqual(two)
    expect(one.subarray(1, 33)).not.toEqual(two.subarray(1, 33))
  })

  test('is the same from the same random source', () => {
    const once = () => seal({ plaintext: bytes(64), recipient, context, random: seededRandom(7) })
    expect(once()).toEqual(once())
  })
})

describe('an envelope does not open', () => {
  const small = sealed(bytes(100))
  const large = sealed(bytes(2 * FRAME_BYTES + 5_000))
  const full = sealed(bytes(2 * FRAME_BYTES))

  test.each<[string, Partial<EnvelopeContext>]>([
    ['task', { task: TaskId.parse('words') }],
    ['round', { round: RoundId.parse('digits.13') }],
    ['client', { client: ClientId.parse(`c-${'0b'.repeat(16)}`) }],
    ['model', { model: Digest.parse(`sha256:${'5d'.repeat(32)}`) }],
  ])('for another %s', (_, other) => {
    expect(reasonOf(small, other)).toBe('not-authentic')
  })

  test('where task and round read the same joined up', () => {
    const envelope = seal({
      plaintext: bytes(10),
      recipient,
      context: { ...context, task: TaskId.parse('a'), round: RoundId.parse('bc.1') },
    })
    expect(reasonOf(envelope, { task: TaskId.parse('ab'), round: RoundId.parse('c.1') })).toBe(
      'not-authentic',
    )
  })

  test('with another round’s key', () => {
    const other = createOpener({ secretKey: createKeyPair(chance).secretKey })
    expect(() => other.open(small, context)).toThrow(expect.objectContaining({ reason: 'not-authentic' }))
  })

  test('with any one bit changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: small.length * 8 - 1 }), (bit) => {
        const changed = small.slice()
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(reasonOf(changed)).toBe(bit < 8 ? 'version' : 'not-authentic')
      }),
      { numRuns: 300 },
    )
  })

  test('with the ephemeral key’s top bit changed, which X25519 itself ignores', () => {
    const changed = small.slice()
    changed[32] = (changed[32] ?? 0) ^ 0x80
    expect(reasonOf(changed)).toBe('not-authentic')
  })

  test('with an empty last frame after a full one, though its sealer made it so', () => {
    const ephemeral = createKeyPair(chance)
    const header = Uint8Array.of(1, ...ephemeral.publicKey, ...chance.bytes(19))
    const secret = sharedSecret(ephemeral.secretKey, recipient)
    const key = envelopeKey({ secret, header, recipient, context })
    const frame = (at: number, flag: 'last' | 'more', length: number) =>
      tweetnaclSecretbox.seal(key, frameNonce(header.subarray(33), at, flag), bytes(length))
    const twoFrames = (length: number) =>
      withBoxes(header, [frame(0, 'more', FRAME_BYTES), frame(1, 'last', length)])
    expect(reasonOf(twoFrames(1))).toBe('opened')
    expect(reasonOf(twoFrames(0))).toBe('trailing-bytes')
  })

  test('cut anywhere', () => {
    for (let length = 0; length < ENVELOPE_HEADER_BYTES + 16; length++)
      expect(reasonOf(small.subarray(0, length))).toBe('truncated')
    for (let length = ENVELOPE_HEADER_BYTES + 16; length < small.length; length++)
      expect(reasonOf(small.subarray(0, length))).toBe('not-authentic')
  })

  test('cut at a frame’s boundary, and says so', () => {
    for (const frames of [1, 2]) {
      expect(reasonOf(large.subarray(0, ENVELOPE_HEADER_BYTES + frames * BOX))).toBe('truncated')
    }
    expect(reasonOf(full.subarray(0, ENVELOPE_HEADER_BYTES + BOX))).toBe('truncated')
    expect(reasonOf(large.subarray(0, ENVELOPE_HEADER_BYTES + BOX + 7))).toBe('truncated')
  })

  test('with bytes after it', () => {
    const followedBy = (envelope: Uint8Array, more: number) =>
      withBoxes(envelope, [...boxesOf(envelope), bytes(more)])
    expect(reasonOf(followedBy(full, 100))).toBe('trailing-bytes')
    expect(reasonOf(followedBy(full, 16))).toBe('trailing-bytes')
    expect(reasonOf(followedBy(full, 1))).toBe('truncated')
    expect(reasonOf(followedBy(small, 1))).toBe('not-authentic')
  })

  test('with frames swapped, repeated, dropped or taken from another envelope', () => {
    const boxes = boxesOf(large)
    const [first, second, last] = [box(boxes, 0), box(boxes, 1), box(boxes, 2)]
    const other = box(boxesOf(sealed(bytes(2 * FRAME_BYTES + 5_000))), 1)
    for (const changed of [
      [second, first, last],
      [first, first, last],
      [first, last],
      [second, last],
      [first, other, last],
    ])
      expect(reasonOf(withBoxes(large, changed))).toBe('not-authentic')
  })

  test('where a low-order key stands for the ephemeral one', () => {
    for (const point of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
      const forged = small.slice()
      forged.set(point, 1)
      expect(reasonOf(forged)).toBe('low-order-key')
    }
  })

  test('whatever the bytes are, with anything but an EnvelopeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(reasonOf(noise)).not.toBe('opened')
        expect(reasonOf(Uint8Array.of(1, ...noise))).not.toBe('opened')
      }),
    )
  })
})

test('nothing is sealed to a low-order key', () => {
  expect(() => seal({ plaintext: bytes(1), recipient: new Uint8Array(32), context })).toThrow(
    LowOrderKeyError,
  )
})

test('secrets are wiped after use where they can be', () => {
  const keys: Uint8Array[] = []
  const secretbox = {
    ...tweetnaclSecretbox,
    seal: (key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array) => {
      keys.push(key)
      return tweetnaclSecretbox.seal(key, nonce, plaintext)
    },
  }
  const x25519 = {
    ...tweetnaclX25519,
    sharedSecret: (secret: Uint8Array, peer: Uint8Array) => {
      const shared = tweetnaclX25519.sharedSecret(secret, peer)
      keys.push(secret, ...(shared ? [shared] : []))
      return shared
    },
  }
  seal({ plaintext: bytes(10), recipient, context, secretbox, x25519 })
  expect(keys.length).toBe(3)
  for (const key of keys) expect([...key].every((byte) => byte === 0)).toBe(true)
})
