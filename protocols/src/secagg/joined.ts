/** Lists in messages: texts of one length each, one after the other, so that a list is as long as what it holds. */
import * as z from 'zod/mini'

/** 32 bytes in base64url; a list of them has one text for each list of values. */
export const TEXT_OF_32_BYTES = 43
const OF_32_BYTES = /^(?:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])*$/

/** Up to `most` values of 32 bytes. */
export const Joined32 = (most: number) =>
  z
    .string()
    .check(
      z.maxLength(most * TEXT_OF_32_BYTES),
      z.regex(OF_32_BYTES, 'values of 32 bytes are 43 digits of base64url each'),
    )

/** How many texts of this length are joined here. */
export const countOf = (joined: string, length: number): number => joined.length / length

/** The text at this place, or `undefined` beyond the last. */
export const textAt = (joined: string, length: number, place: number): string | undefined =>
  joined.slice(place * length, (place + 1) * length) || undefined

/** All of them. */
export const textsOf = (joined: string, length: number): string[] =>
  Array.from({ length: countOf(joined, length) }, (_, place) =>
    joined.slice(place * length, (place + 1) * length),
  )
