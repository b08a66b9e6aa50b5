import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hash,
  hkdfSync,
  verify,
} from 'node:crypto'
import {
  type EnvelopePrimitives,
  type Hkdf,
  type Sha256,
  tweetnaclSecretbox,
  tweetnaclX25519,
  type VerifySignature,
  type X25519,
} from '@tributary/protocols/crypto'

/**
 * The platform's own implementations of the same bytes: OpenSSL verifies 100 times as many signatures a second as
 * tweetnacl, libsodium opens boxes 15 times as fast, and agrees on keys and verifies three times as fast as OpenSSL does
 * from raw keys. Both keep the conformance cases of `tests/vectors`.
 */
export const nodeVerify: VerifySignature = (publicKey, message, signature) => {
  const key = createPublicKey({ key: der(SPKI_ED25519, publicKey), format: 'der', type: 'spki' })
  return verify(null, message, key, signature)
}

export const nodeX25519: X25519 = {
  publicKey: tweetnaclX25519.publicKey,
  sharedSecret(secretKey, peerPublicKey) {
    const secret = der(PKCS8_X25519, secretKey)
    const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' })
    secret.fill(0)
    const publicKey = createPublicKey({ key: der(SPKI_X25519, peerPublicKey), format: 'der', type: 'spki' })
    try {
      return new Uint8Array(diffieHellman({ privateKey, publicKey }))
    } catch {
      return null // OpenSSL refuses to derive the all-zero secret of a low-order key
    }
  },
}

type Primitives = { primitives: Required<EnvelopePrimitives>; verify: VerifySignature }

/** SHA-256 by the platform: ten times as fast as ours on long statements. */
export const nodeSha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer')

/** As a key object: of raw bytes Node asks first, by an exception, whether they are one, which takes longer than the rest. */
const nodeHkdf: Hkdf = ({ secret, salt, info, length }) =>
  new Uint8Array(hkdfSync('sha256', createSecretKey(secret), salt, info, length))

/** The fastest primitives that load here: libsodium where its native module does, else tweetnacl’s and the platform’s. */
export const loadEnvelopePrimitives = async (): Promise<{ name: string } & Primitives> => {
  const sodium = await loadSodium()
  if (sodium) return { name: 'libsodium', ...sodium }
  return {
    name: 'tweetnacl',
    primitives: { x25519: nodeX25519, secretbox: tweetnaclSecretbox, sha256: nodeSha256, hkdf: nodeHkdf },
    verify: nodeVerify,
  }
}

const loadSodium = async (): Promise<Primitives | undefined> => {
  try {
    const { default: sodium } = await import('sodium-native')
    const primitives: Required<EnvelopePrimitives> = {
      sha256: nodeSha256,
      hkdf: nodeHkdf,
      x25519: {
        publicKey(secretKey) {
          const publicKey = new Uint8Array(32)
          sodium.crypto_scalarmult_base(publicKey, secretKey)
          return publicKey
        },
        sharedSecret(secretKey, peerPublicKey) {
          const secret = new Uint8Array(32)
          try {
            sodium.crypto_scalarmult(secret, secretKey, peerPublicKey)
            return secret
          } catch {
            return null // libsodium refuses to derive the all-zero secret of a low-order key
          }
        },
      },
      secretbox: {
        seal(key, nonce, plaintext) {
          const box = Buffer.allocUnsafe(plaintext.length + sodium.crypto_secretbox_MACBYTES)
          sodium.crypto_secretbox_easy(box, plaintext, nonce, key)
          return box
        },
        open(key, nonce, box, into) {
          if (box.length < sodium.crypto_secretbox_MACBYTES) return null
          const plaintext = into ?? Buffer.allocUnsafe(box.length - sodium.crypto_secretbox_MACBYTES)
          return sodium.crypto_secretbox_open_easy(plaintext, box, nonce, key) ? plaintext : null
        },
      },
    }
    return {
      primitives,
      verify: (publicKey, message, signature) =>
        sodium.crypto_sign_verify_detached(signature, message, publicKey),
    }
  } catch {
    return undefined // an optional dependency: the platform may have no build of it
  }
}

/** What stands before the 32 raw bytes in the fixed-length DER encodings of RFC 8410. */
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const SPKI_X25519 = Buffer.from('302a300506032b656e032100', 'hex')
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex')

const der = (prefix: Buffer, raw: Uint8Array): Buffer => Buffer.concat([prefix, raw])
