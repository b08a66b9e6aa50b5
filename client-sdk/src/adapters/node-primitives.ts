/** What tests compute with where the reference is slow; that has tests of its own. */
import { createPrivateKey, createPublicKey, diffieHellman, verify } from 'node:crypto'
import type { VerifySignature, X25519 } from '@tributary/protocols/crypto'

const der = (prefix: string, bytes: Uint8Array) => Buffer.concat([Buffer.from(prefix, 'hex'), bytes])
const privateKey = (bytes: Uint8Array) =>
  createPrivateKey({ key: der('302e020100300506032b656e04220420', bytes), format: 'der', type: 'pkcs8' })
const publicKey = (bytes: Uint8Array) =>
  createPublicKey({ key: der('302a300506032b656e032100', bytes), format: 'der', type: 'spki' })

/** X25519 by OpenSSL: many times as fast as the reference, which has its own tests. */
export const nodeX25519: X25519 = {
  publicKey: (secret) =>
    new Uint8Array(createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' }).subarray(-32)),
  sharedSecret(secret, peer) {
    try {
      return new Uint8Array(diffieHellman({ privateKey: privateKey(secret), publicKey: publicKey(peer) }))
    } catch {
      return null
    }
  },
}

export const nodeVerify: VerifySignature = (key, message, signature) =>
  verify(
    null,
    message,
    createPublicKey({ key: der('302a300506032b6570032100', key), format: 'der', type: 'spki' }),
    signature,
  )
