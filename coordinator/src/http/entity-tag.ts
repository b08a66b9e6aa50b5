/** RFC 9110, section 13.1: entity tags of immutable bytes. */
import type { Digest } from '@tributary/protocols'

/** A strong tag: the same digest is the same bytes. */
export const entityTag = (digest: Digest): string => `"${digest}"`

/** Whether `If-None-Match` names what the caller would get: compared weakly, as caches weaken tags. */
export const isNoneMatch = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false
  return (
    header.trim() === '*' ||
    (header.match(/(?:W\/)?"[^"]*"/g) ?? []).some((one) => one.replace(/^W\//, '') === tag)
  )
}

/** Whether a range may be answered in part: `If-Range` is absent, or names these bytes strongly. A date never does. */
export const isRangeCurrent = (header: string | string[] | undefined, tag: string): boolean =>
  header === undefined || header === tag
