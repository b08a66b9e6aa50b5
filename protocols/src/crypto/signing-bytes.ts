/**
 * What is signed and what keys are derived from: a domain and its parts, each behind its length, so that no two
 * lists of parts give the same bytes and no signature of one purpose is one of another.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { toUtf8 } from './encoding.ts'

/** SHA-256, 32 bytes, by whatever implementation; ours is noble's. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** Text stands for its UTF-8 bytes. */
export type Part = string | Uint8Array

/** For each part its length in bytes as a big-endian uint32, then its bytes. */
export const lengthPrefixed = (...parts: readonly Part[]): Uint8Array => {
  const contents = parts.map((part) => (typeof part === 'string' ? toUtf8(part) : part))
  let length = 0
  for (const bytes of contents) length += 4 + bytes.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const bytes of contents) {
    for (let shift = 24; shift >= 0; shift -= 8) whole[at++] = bytes.length >>> shift
    whole.set(bytes, at)
    at += bytes.length
  }
  return whole
}

/** The domain, `tributary <purpose> v<version>`, and the parts, each behind its length. */
export const signingBytes = (domain: string, ...parts: readonly Part[]): Uint8Array =>
  lengthPrefixed(domain, ...parts)

/** The 32 bytes that an identity signs for a statement: SHA-256 of `signingBytes`. */
export const signingDigest = (domain: string, ...parts: readonly Part[]): Uint8Array =>
  sha256(signingBytes(domain, ...parts))

/** A number as a part: 8 bytes, IEEE 754 binary64, big-endian; -0 stands as 0. */
export const numberPart = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value + 0)
  return bytes
}
