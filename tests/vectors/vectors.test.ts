import { readFileSync } from 'node:fs'
import {
  challengeDigest,
  concatBytes,
  createOpener,
  deriveKey,
  EnvelopeError,
  encodePublicKey,
  enrolmentDigest,
  enrolmentTokenHash,
  fromBase64url,
  fromHex,
  identityFromSeed,
  keyPairFromSecret,
  LowOrderKeyError,
  modelDigest,
  seal,
  sealedBytes,
  sharedSecret,
  signingBytes,
  signingDigest,
  toBase64url,
  toHex,
  toUtf8,
  tweetnaclSecretbox,
  verify,
  verifyChallenge,
  verifyEnrolment,
  verifyModel,
  verifyWithdrawal,
  withdrawalDigest,
} from '@tributary/protocols/crypto'
import {
  decodeSafetensors,
  digestOf,
  encodeSafetensors,
  TensorFormatError,
} from '@tributary/protocols/tensors'
import {
  decodeSubmission,
  encodeSubmission,
  submissionDigest,
  verifySubmission,
} from '@tributary/protocols/updates'
import { describe, expect, test } from 'vitest'
import { makeVectors } from '../../scripts/make-vectors.ts'
import {
  EnvelopeVectors,
  PrimitiveVectors,
  readVectors,
  SafetensorsVectors,
  StatementVectors,
} from './vectors.ts'

const primitives = readVectors('primitives.json', PrimitiveVectors)
const envelopes = readVectors('envelope.json', EnvelopeVectors)
const files = readVectors('safetensors.json', SafetensorsVectors)
const statements = readVectors('statements.json', StatementVectors)

test('the committed vectors are the ones that scripts/make-vectors.ts makes', () => {
  for (const [name, json] of Object.entries(makeVectors()))
    expect(readFileSync(new URL(name, import.meta.url), 'utf8'), `${name}: run scripts/make-vectors.ts`).toBe(
      json,
    )
})

describe('the standards’ known answers', () => {
  test.each(primitives.x25519)('X25519: $source', ({ secretKey, publicKey, shared }) => {
    expect(toHex(sharedSecret(fromHex(secretKey), fromHex(publicKey)))).toBe(shared)
  })

  test('X25519: iterated', () => {
    let [k, u] = [fromHex(`09${'00'.repeat(31)}`), fromHex(`09${'00'.repeat(31)}`)]
    const after: string[] = []
    for (let times = 1; times <= 1_000; times++) {
      ;[k, u] = [sharedSecret(k, u), k]
      after.push(toHex(k))
    }
    expect([after[0], after[999]]).toEqual([
      primitives.x25519Iterated.once,
      primitives.x25519Iterated.thousandTimes,
    ])
  })

  test.each(primitives.x25519LowOrder)('X25519: low-order key %s is refused', (key) => {
    expect(() => sharedSecret(fromHex(envelopes.recipient.secretKey), fromHex(key))).toThrow(LowOrderKeyError)
  })

  test.each(primitives.ed25519)('Ed25519: $source', ({ seed, publicKey, message, signature }) => {
    const identity = identityFromSeed(fromHex(seed))
    expect(toHex(identity.publicKey)).toBe(publicKey)
    expect(toHex(identity.sign(fromHex(message)))).toBe(signature)
    expect(verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true)
  })

  test.each(primitives.hkdfSha256)('HKDF-SHA256: $source', ({ secret, salt, info, length, key }) => {
    const derived = deriveKey({ secret: fromHex(secret), salt: fromHex(salt), info: fromHex(info), length })
    expect(toHex(derived)).toBe(key)
  })

  test.each(primitives.secretbox)('secretbox: $source', ({ key, nonce, plaintext, box }) => {
    expect(toHex(tweetnaclSecretbox.seal(fromHex(key), fromHex(nonce), fromHex(plaintext)))).toBe(box)
    const opened = tweetnaclSecretbox.open(fromHex(key), fromHex(nonce), fromHex(box))
    expect(opened && toHex(opened)).toBe(plaintext)
  })

  test.each(primitives.sha256)('SHA-256: $source', ({ message, hash }) => {
    expect(digestOf(fromHex(message))).toBe(`sha256:${hash}`)
  })
})

describe('envelopes', () => {
  const opener = createOpener({ secretKey: fromHex(envelopes.recipient.secretKey) })
  type Case = (typeof envelopes.cases)[number]

  /** The documented pattern: byte i = (31 i + floor(i / 256)) mod 256. */
  const plaintextOf = ({ plaintext }: Case) =>
    'hex' in plaintext
      ? fromHex(plaintext.hex)
      : Uint8Array.from({ length: plaintext.bytes }, (_, i) => (31 * i + Math.floor(i / 256)) & 255)
  const sealedCase = (sealed: Case) => {
    const draws = [fromHex(sealed.ephemeral.secretKey), fromHex(sealed.noncePrefix)]
    const random = {
      bytes: () => draws.shift() ?? expect.fail('more was drawn than an ephemeral key and a nonce prefix'),
    }
    const recipient = fromHex(envelopes.recipient.publicKey)
    return seal({ plaintext: plaintextOf(sealed), recipient, context: envelopes.context, random })
  }
  const sealed = new Map(envelopes.cases.map((each) => [each.name, sealedCase(each)]))
  const envelopeOf = (name: string) => sealed.get(name) ?? expect.fail(`there is no case ${name}`)

  test('the recipient’s keys belong together', () => {
    expect(toHex(keyPairFromSecret(fromHex(envelopes.recipient.secretKey)).publicKey)).toBe(
      envelopes.recipient.publicKey,
    )
  })

  test.each(envelopes.cases)('$name', (expected) => {
    const envelope = envelopeOf(expected.name)
    expect(digestOf(plaintextOf(expected))).toBe(expected.plaintextDigest)
    expect(envelope.length).toBe(expected.envelopeBytes)
    expect(envelope.length).toBe(sealedBytes(plaintextOf(expected).length))
    expect(digestOf(envelope)).toBe(expected.envelopeDigest)
    if (expected.envelope !== undefined) expect(toBase64url(envelope)).toBe(expected.envelope)
    expect(digestOf(opener.open(envelope, envelopes.context))).toBe(expected.plaintextDigest)
  })

  test.each(envelopes.cases)('$name: the key, step by step', (expected) => {
    const secret = sharedSecret(fromHex(expected.ephemeral.secretKey), fromHex(envelopes.recipient.publicKey))
    expect(toHex(secret)).toBe(expected.sharedSecret)
    const { ephemeral, noncePrefix } = expected
    expect(expected.salt).toBe(`01${ephemeral.publicKey}${noncePrefix}${envelopes.recipient.publicKey}`)
    const key = deriveKey({ secret, salt: fromHex(expected.salt), info: fromHex(expected.info) })
    expect(toHex(key)).toBe(expected.key)
  })

  test.each(envelopes.refusals)(
    '$description: refused as $reason',
    ({ reason, context, envelope, ...spliced }) => {
      const bytes =
        envelope === undefined
          ? concatBytes(
              ...(spliced.pieces ?? []).map(([start, end]) =>
                envelopeOf(spliced.case ?? '').subarray(start, end),
              ),
              fromHex(spliced.append ?? ''),
            )
          : fromBase64url(envelope)
      const changed = Object.fromEntries(
        Object.entries(context ?? {}).filter(([, value]) => value !== undefined),
      )
      expect(() => opener.open(bytes, { ...envelopes.context, ...changed })).toThrow(EnvelopeError)
      expect(() => opener.open(bytes, { ...envelopes.context, ...changed })).toThrow(
        expect.objectContaining({ reason }),
      )
    },
  )
})

describe('tensor files', () => {
  test.each(files.files)('$name', ({ tensors, metadata, values, file }) => {
    const read = decodeSafetensors(fromBase64url(file))
    expect(read.tensors).toEqual(tensors)
    expect(read.metadata).toEqual(metadata)
    expect(toHex(new Uint8Array(read.values.buffer, read.values.byteOffset, read.values.byteLength))).toBe(
      values,
    )
    expect(toBase64url(encodeSafetensors(read))).toBe(file)
  })

  test.each(files.refused)('$description: refused as $code', ({ code, file }) => {
    expect(() => decodeSafetensors(fromBase64url(file))).toThrow(TensorFormatError)
    expect(() => decodeSafetensors(fromBase64url(file))).toThrow(expect.objectContaining({ code }))
  })
})

describe('statements', () => {
  const { identity, challenge, enrolment } = statements
  const publicKey = fromHex(identity.publicKey)

  test.each(statements.signingBytes)(
    'signing bytes of $domain $parts',
    ({ domain, parts, bytes, digest }) => {
      const naive = [domain, ...parts].map((part) => {
        const utf8 = toUtf8(part)
        return `${utf8.length.toString(16).padStart(8, '0')}${toHex(utf8)}`
      })
      expect(bytes).toBe(naive.join(''))
      expect(toHex(signingBytes(domain, ...parts))).toBe(bytes)
      expect(toHex(signingDigest(domain, ...parts))).toBe(digest)
    },
  )

  test('an identity follows from its seed', () => {
    const { clientId, publicKey } = identityFromSeed(fromHex(identity.seed))
    expect({ clientId, publicKey: toHex(publicKey) }).toEqual({
      clientId: identity.clientId,
      publicKey: identity.publicKey,
    })
  })

  test('a challenge and its answer', () => {
    const asked = { coordinator: challenge.coordinator, nonce: fromHex(challenge.nonce) }
    expect(toHex(challengeDigest(asked, challenge.client))).toBe(challenge.digest)
    const signature = fromHex(challenge.signature)
    expect(verifyChallenge({ challenge: asked, client: challenge.client, publicKey, signature })).toBe(true)
  })

  test.each(statements.models)(
    '[K10] a model version, $statement.version',
    ({ statement, digest, signature }) => {
      expect(toHex(modelDigest(statement))).toBe(digest)
      expect(verifyModel({ statement, publicKey: encodePublicKey(publicKey), signature })).toBe(true)
    },
  )

  test.each(statements.refusedModels)(
    '[K10] a model that is not what was signed: $description',
    ({ statement, signature }) => {
      expect(verifyModel({ statement, publicKey: encodePublicKey(publicKey), signature })).toBe(false)
    },
  )

  test('an enrolment and its proof', () => {
    expect(enrolmentTokenHash(enrolment.token)).toBe(enrolment.tokenHash)
    expect(toHex(enrolmentDigest(enrolment.tokenHash, publicKey))).toBe(enrolment.digest)
    const signature = fromHex(enrolment.signature)
    expect(verifyEnrolment({ tokenHash: enrolment.tokenHash, publicKey, signature })).toBe(true)
  })

  test.each(statements.withdrawals)(
    '[K11] a withdrawal for the coordinator “$coordinator”',
    ({ coordinator, client, digest, signature }) => {
      expect(toHex(withdrawalDigest(client, coordinator))).toBe(digest)
      const statement = {
        client,
        coordinator: coordinator || 'any',
        publicKey,
        signature: fromHex(signature),
      }
      expect(verifyWithdrawal(statement)).toBe(true)
      expect(verifyWithdrawal({ ...statement, coordinator: 'another' })).toBe(coordinator === '')
    },
  )

  test.each(statements.submissions)('a submission with $name', ({ submission, digest, header }) => {
    expect(toHex(submissionDigest(submission))).toBe(digest)
    expect(verifySubmission(submission, publicKey)).toBe(true)
    expect(decodeSubmission(header)).toEqual(submission)
    expect(encodeSubmission(decodeSubmission(header))).toBe(header)
  })

  test.each(statements.refusedSubmissions)(
    'a submission with $description does not verify',
    ({ publicKey, header }) => {
      expect(verifySubmission(decodeSubmission(header), fromHex(publicKey))).toBe(false)
    },
  )
})
