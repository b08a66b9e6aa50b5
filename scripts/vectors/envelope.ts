import { ClientId, Digest, RoundId, TaskId } from '@tributary/protocols'
import {
  concatBytes,
  createKeyPair,
  deriveKey,
  ENVELOPE_HEADER_BYTES,
  type EnvelopeContext,
  FRAME_BYTES,
  keyPairFromSecret,
  lengthPrefixed,
  seal,
  sharedSecret,
  toBase64url,
  toHex,
  toUtf8,
} from '@tributary/protocols/crypto'
import { seededRandom } from '@tributary/protocols/runtime'
import { digestOf } from '@tributary/protocols/tensors'

export const envelopeVectors = () => {
  const cases = plaintexts.map(([name, plaintext]) => sealedCase(name, plaintext))
  return {
    description:
      'Envelope v1. Byte strings are hex unless said; an envelope is base64url, or left out when it is long: seal it again, and compare the digest. A plaintext given as a number of bytes has byte i = (31 i + floor(i / 256)) mod 256. A refusal gives the envelope, or takes pieces [start, end) of the bytes of a case and appends hex; it is refused with the reason for the context given.',
    recipient: { secretKey: toHex(recipient.secretKey), publicKey: toHex(recipient.publicKey) },
    context,
    cases,
    refusals: refusals(cases),
  }
}

/** The documented pattern of long plaintexts. */
export const patternOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (31 * i + Math.floor(i / 256)) % 256)

const chance = seededRandom('tributary vectors: envelope')
const recipient = createKeyPair(chance.fork('recipient'))
const context: EnvelopeContext = {
  task: TaskId.parse('digits'),
  round: RoundId.parse('digits.12'),
  client: ClientId.parse('c-000102030405060708090a0b0c0d0e0f'),
  model: Digest.parse(`sha256:${'a1'.repeat(32)}`),
}

const plaintexts: readonly [string, string | number][] = [
  ['empty', ''],
  ['one byte', '00'],
  ['a sentence', toHex(toUtf8('an update is weights minus the weights received'))],
  ['one full frame', FRAME_BYTES],
  ['one full frame and a byte', FRAME_BYTES + 1],
  ['two full frames', 2 * FRAME_BYTES],
  ['600,000 bytes in three frames', 600_000],
]

const bytesOf = (plaintext: string | number): Uint8Array =>
  typeof plaintext === 'number' ? patternOf(plaintext) : Uint8Array.from(Buffer.from(plaintext, 'hex'))

const sealWith = (name: string, plaintext: Uint8Array, to: Uint8Array = recipient.publicKey): Uint8Array =>
  seal({ plaintext, recipient: to, context, random: chance.fork(name) })

const sealedCase = (name: string, plaintext: string | number) => {
  const bytes = bytesOf(plaintext)
  const envelope = sealWith(name, bytes)
  const random = chance.fork(name)
  const ephemeral = keyPairFromSecret(random.bytes(32))
  const noncePrefix = random.bytes(19)
  const secret = sharedSecret(ephemeral.secretKey, recipient.publicKey)
  const salt = concatBytes(envelope.subarray(0, ENVELOPE_HEADER_BYTES), recipient.publicKey)
  const info = lengthPrefixed(
    'tributary envelope v1',
    context.task,
    context.round,
    context.client,
    context.model,
  )
  return {
    name,
    plaintext: typeof plaintext === 'number' ? { bytes: plaintext } : { hex: plaintext },
    plaintextDigest: digestOf(bytes),
    ephemeral: { secretKey: toHex(ephemeral.secretKey), publicKey: toHex(ephemeral.publicKey) },
    noncePrefix: toHex(noncePrefix),
    sharedSecret: toHex(secret),
    salt: toHex(salt),
    info: toHex(info),
    key: toHex(deriveKey({ secret, salt, info })),
    envelopeBytes: envelope.length,
    envelopeDigest: digestOf(envelope),
    ...(envelope.length < 1_000 ? { envelope: toBase64url(envelope) } : {}),
  }
}

type Refusal = { description: string; reason: string; context?: Partial<EnvelopeContext> } & (
  | { envelope: string }
  | { case: string; pieces: [number, number][]; append?: string }
)

const refusals = (cases: readonly { name: string; envelopeBytes: number }[]): Refusal[] => {
  const HEADER = ENVELOPE_HEADER_BYTES
  const BOX = FRAME_BYTES + 16
  const short = sealWith('a sentence', bytesOf(plaintexts[2]?.[1] ?? ''))
  const three = '600,000 bytes in three frames'
  const end = cases.find(({ name }) => name === three)?.envelopeBytes ?? 0
  const header: [number, number] = [0, HEADER]
  const [first, second, last]: [number, number][] = [
    [HEADER, HEADER + BOX],
    [HEADER + BOX, HEADER + 2 * BOX],
    [HEADER + 2 * BOX, end],
  ]
  const spliced = (
    description: string,
    reason: string,
    pieces: ([number, number] | undefined)[],
  ): Refusal => ({
    description,
    reason,
    case: three,
    pieces: pieces.flatMap((piece) => (piece ? [piece] : [])),
  })
  const changed = (description: string, reason: string, change: (envelope: Uint8Array) => void): Refusal => {
    const envelope = short.slice()
    change(envelope)
    return { description, reason, envelope: toBase64url(envelope) }
  }
  const flip = (at: number) => (envelope: Uint8Array) => {
    envelope[at] = (envelope[at] ?? 0) ^ 1
  }
  const elsewhere = (what: string, other: Partial<EnvelopeContext>): Refusal => ({
    description: `opened for another ${what}`,
    reason: 'not-authentic',
    context: other,
    envelope: toBase64url(short),
  })
  const lowOrder = (point: Uint8Array) => (envelope: Uint8Array) => envelope.set(point, 1)
  return [
    changed('version 0', 'version', (envelope) => envelope.fill(0, 0, 1)),
    changed('version 2', 'version', (envelope) => envelope.fill(2, 0, 1)),
    { description: 'no bytes', reason: 'truncated', envelope: '' },
    { description: 'a header alone', reason: 'truncated', envelope: toBase64url(short.subarray(0, HEADER)) },
    { description: 'half a tag', reason: 'truncated', envelope: toBase64url(short.subarray(0, HEADER + 8)) },
    {
      description: 'the last byte missing',
      reason: 'not-authentic',
      envelope: toBase64url(short.subarray(0, -1)),
    },
    {
      description: 'a byte added',
      reason: 'not-authentic',
      envelope: toBase64url(concatBytes(short, new Uint8Array(1))),
    },
    changed('a changed ephemeral key', 'not-authentic', flip(5)),
    changed('the unused top bit of the ephemeral key set', 'not-authentic', (envelope) => {
      envelope[32] = (envelope[32] ?? 0) ^ 0x80
    }),
    changed('a changed nonce prefix', 'not-authentic', flip(40)),
    changed('a changed tag', 'not-authentic', flip(HEADER)),
    changed('a changed ciphertext', 'not-authentic', flip(HEADER + 16)),
    changed('the low-order point 0 as ephemeral key', 'low-order-key', lowOrder(new Uint8Array(32))),
    changed(
      'the low-order point 1 as ephemeral key',
      'low-order-key',
      lowOrder(Uint8Array.of(1, ...new Uint8Array(31))),
    ),
    elsewhere('task', { task: TaskId.parse('words') }),
    elsewhere('round', { round: RoundId.parse('digits.13') }),
    elsewhere('client', { client: ClientId.parse('c-000102030405060708090a0b0c0d0e10') }),
    elsewhere('model', { model: Digest.parse(`sha256:${'a2'.repeat(32)}`) }),
    {
      description: 'sealed to another key',
      reason: 'not-authentic',
      envelope: toBase64url(
        sealWith('stranger', short, createKeyPair(chance.fork('other recipient')).publicKey),
      ),
    },
    spliced('cut after the first frame', 'truncated', [header, first]),
    spliced('cut after the second frame', 'truncated', [header, first, second]),
    spliced('cut within the second frame’s tag', 'truncated', [
      header,
      first,
      [HEADER + BOX, HEADER + BOX + 15],
    ]),
    spliced('the first two frames swapped', 'not-authentic', [header, second, first, last]),
    spliced('the first frame missing', 'not-authentic', [header, second, last]),
    spliced('the second frame missing', 'not-authentic', [header, first, last]),
    spliced('the first frame twice', 'not-authentic', [header, first, first, last]),
    {
      description: 'an empty frame after the last',
      reason: 'trailing-bytes',
      case: 'two full frames',
      pieces: [[0, HEADER + 2 * BOX]],
      append: '00'.repeat(16),
    },
    {
      description: 'bytes after the last frame',
      reason: 'trailing-bytes',
      case: 'two full frames',
      pieces: [[0, HEADER + 2 * BOX]],
      append: '00'.repeat(40),
    },
  ]
}
