/** Bytes as text, strictly: every byte string has exactly one hex and one base64url form (RFC 4648, no padding). */
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'

export { concatBytes }

/** Text that is not the encoding it should be. The text itself may be secret and is not repeated. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError'
}

export const toHex = (bytes: Uint8Array): string => bytesToHex(bytes)

/** @throws EncodingError unless `text` is pairs of lowercase hex digits. */
export const fromHex = (text: string): Uint8Array => {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text))
    throw new EncodingError('this is not hex. Give pairs of the digits 0-9 and a-f.')
  return hexToBytes(text)
}

export const toBase64url = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const digits = Math.min(bytes.length - at, 3) + 1
    for (let digit = 0; digit < digits; digit++) text += ALPHABET.charAt((group >> (18 - 6 * digit)) & 63)
  }
  return text
}

/** @throws EncodingError for other characters, padding, an impossible length or leftover bits that are not zero. */
export const fromBase64url = (text: string): Uint8Array => {
  if (text.length % 4 === 1) throw notBase64url()
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  const whole = text.length - (text.length % 4)
  let written = 0
  for (let at = 0; at < whole; at += 4) {
    const [a, b, c, d] = [
      digitAt(text, at),
      digitAt(text, at + 1),
      digitAt(text, at + 2),
      digitAt(text, at + 3),
    ]
    const group = (a << 18) | (b << 12) | (c << 6) | d
    bytes[written++] = group >> 16
    bytes[written++] = group >> 8
    bytes[written++] = group
  }
  let bits = 0
  let held = 0
  for (let at = whole; at < text.length; at++) {
    held = (held << 6) | digitAt(text, at)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[written++] = held >> bits
  }
  if ((held & ((1 << bits) - 1)) !== 0) throw notBase64url()
  return bytes
}

/** @throws EncodingError for half a surrogate pair, which UTF-8 cannot hold and encoders replace silently. */
export const toUtf8 = (text: string): Uint8Array => {
  if (!text.isWellFormed())
    throw new EncodingError('this text holds half a surrogate pair. Give well-formed Unicode.')
  return utf8.encode(text)
}

const utf8 = new TextEncoder()

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const NO_DIGIT = 255
/** What each ASCII character stands for. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = ALPHABET.indexOf(String.fromCharCode(code))
  return value < 0 ? NO_DIGIT : value
})

const digitAt = (text: string, at: number): number => {
  const value = VALUES[text.charCodeAt(at)] ?? NO_DIGIT
  if (value === NO_DIGIT) throw notBase64url()
  return value
}

const notBase64url = () =>
  new EncodingError('this is not base64url. Give RFC 4648 section 5 text without padding.')
