/**
 * Several byte strings and what they are, as one record, which a store replaces as a whole:
 * the length of a JSON header as a little-endian uint32, the header { `of`, `parts`: their lengths }, and the parts.
 */
import * as z from 'zod/mini'
import { jsonOf } from '../records/json-record.ts'

export const pack = (of: object, parts: readonly Uint8Array[]): Uint8Array => {
  const header = new TextEncoder().encode(JSON.stringify({ of, parts: parts.map(({ length }) => length) }))
  const packed = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 4 + header.length))
  new DataView(packed.buffer).setUint32(0, header.length, true)
  let at = 4
  for (const bytes of [header, ...parts]) {
    packed.set(bytes, at)
    at += bytes.length
  }
  return packed
}

/** What was packed; `undefined` where these bytes are anything else. The parts are views of them. */
export const unpack = <T>(
  bytes: Uint8Array,
  schema: z.core.$ZodType<T>,
): { of: T; parts: Uint8Array[] } | undefined => {
  if (bytes.length < 4) return undefined
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const header = Header.safeParse(jsonOf(bytes.subarray(4, start)))
  const of = z.safeParse(schema, header.data?.of)
  if (!header.success || !of.success) return undefined
  let at = start
  const parts: Uint8Array[] = []
  for (const length of header.data.parts) {
    if (!(Number.isSafeInteger(length) && length >= 0 && length <= bytes.length - at)) return undefined
    parts.push(bytes.subarray(at, at + length))
    at += length
  }
  return at === bytes.length ? { of: of.data, parts } : undefined
}

const Header = z.strictObject({ of: z.unknown(), parts: z.array(z.number()) })
