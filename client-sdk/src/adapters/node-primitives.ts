/** Signatures, keys and digests by Node's OpenSSL: the bytes of the reference, at a hundredth of its time for a signature, a tenth for a digest. */
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hash,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import type { CreateSigner, VerifySignature, X25519 } from '@tributary/protocols/crypto'
import type { Primitives } from '../client-options.ts'

export const nodeSigner: CreateSigner = (seed) => {
  const key = privateKey(PKCS8_ED25519, seed)
  return { publicKey: publicBytes(key), sign: (message) => new Uint8Array(sign(null, message, key)) }
}

export const nodeVerify: VerifySignature = (key, message, signature) =>
  verify(null, message, publicKey(SPKI_ED25519, key), signature)

export const nodeX25519: X25519 = {
  publicKey: (secretKey) => publicBytes(privateKey(PKCS8_X25519, secretKey)),
  sharedSecret(secretKey, peerPublicKey) {
    const keys = {
      privateKey: privateKey(PKCS8_X25519, secretKey),
      publicKey: publicKey(SPKI_X25519, peerPublicKey),
    }
    try {
      return new Uint8Array(diffieHellman(keys))
    } catch {
      return null // OpenSSL refuses to derive the all-zero secret of a low-order key
    }
  },
}

export const nodePrimitives: Primitives = {
  createSigner: nodeSigner,
  verifySignature: nodeVerify,
  x25519: nodeX25519,
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  // As a key object: of raw bytes Node asks first, by an exception, whether they are one, which takes longer than the rest.
  hkdf: ({ secret, salt, info, length }) =>
    new Uint8Array(hkdfSync('sha256', createSecretKey(secret), salt, info, length)),
}

/** What stands before the 32 raw bytes in the fixed-length DER encodings of RFC 8410. */
const PKCS8_ED25519 = '302e020100300506032b657004220420'
const PKCS8_X25519 = '302e020100300506032b656e04220420'
const SPKI_ED25519 = '302a300506032b6570032100'
const SPKI_X25519 = '302a300506032b656e032100'

const der = (prefix: string, raw: Uint8Array): Buffer => Buffer.concat([Buffer.from(prefix, 'hex'), raw])

const privateKey = (prefix: string, raw: Uint8Array): KeyObject => {
  const key = der(prefix, raw)
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    key.fill(0)
  }
}

const publicKey = (prefix: string, raw: Uint8Array): KeyObject =>
  createPublicKey({ key: der(prefix, raw), format: 'der', type: 'spki' })

const publicBytes = (key: KeyObject): Uint8Array =>
  new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))
