/**
 * What is signed and what keys are derived from: a domain and its parts, each behind its length, so that no two
 * lists of parts give the same bytes and no signature of one purpose is one of another.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, toUtf8 } from './encoding.ts'

/** Text stands for its UTF-8 bytes. */
export type Part = string | Uint8Array

/** For each part its length in bytes as a big-endian uint32, then its bytes. */
export const lengthPrefixed = (...parts: readonly Part[]): Uint8Array =>
  concatBytes(
    ...parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? toUtf8(part) : part
      return [uint32(bytes.length), bytes]
    }),
  )

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

const uint32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
