/** Keys, nonces and signatures as they stand in messages: base64url of a fixed length, one text per value. */
import * as z from 'zod/mini'
import { fromBase64url, toBase64url } from './encoding.ts'

// 32 bytes leave two unused bits in the last digit and 64 bytes four; both must be zero.
const OF_32_BYTES = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const OF_64_BYTES = /^[A-Za-z0-9_-]{85}[AQgw]$/

/** A 32-byte Ed25519 or X25519 public key. */
export const EncodedPublicKey = z
  .string()
  .check(z.regex(OF_32_BYTES, 'a public key is 32 bytes in base64url, 43 characters'))
  .brand<'EncodedPublicKey'>()
export type EncodedPublicKey = z.infer<typeof EncodedPublicKey>

/** A 32-byte nonce of an authentication challenge. */
export const EncodedNonce = z
  .string()
  .check(z.regex(OF_32_BYTES, 'a nonce is 32 bytes in base64url, 43 characters'))
  .brand<'EncodedNonce'>()
export type EncodedNonce = z.infer<typeof EncodedNonce>

/** A 64-byte Ed25519 signature. */
export const EncodedSignature = z
  .string()
  .check(z.regex(OF_64_BYTES, 'a signature is 64 bytes in base64url, 86 characters'))
  .brand<'EncodedSignature'>()
export type EncodedSignature = z.infer<typeof EncodedSignature>

export const encodePublicKey = (publicKey: Uint8Array): EncodedPublicKey =>
  EncodedPublicKey.parse(toBase64url(publicKey))
export const encodeNonce = (nonce: Uint8Array): EncodedNonce => EncodedNonce.parse(toBase64url(nonce))
export const encodeSignature = (signature: Uint8Array): EncodedSignature =>
  EncodedSignature.parse(toBase64url(signature))

/** The bytes of any of them. */
export const decodeKeyText = (text: EncodedPublicKey | EncodedNonce | EncodedSignature): Uint8Array =>
  fromBase64url(text)
