/** RFC 9110, section 14: one range of bytes. */

export type ByteRange = { start: number; end: number }

/** Which bytes to send: all of them, one range (both ends included), or none, because the range lies beyond the end. */
export type RangeDecision = { kind: 'whole' } | { kind: 'part'; range: ByteRange } | { kind: 'unsatisfiable' }

/** A header that is not a single byte range is ignored, as the RFC allows: the whole is a right answer to any of them. */
export const decideRange = (header: string | undefined, bytes: number): RangeDecision => {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '')
  if (!match) return { kind: 'whole' }
  const [, first = '', last = ''] = match
  if (first === '') return last === '' ? { kind: 'whole' } : suffix(Number(last), bytes)
  const start = Number(first)
  const end = last === '' ? bytes - 1 : Number(last)
  if (last !== '' && end < start) return { kind: 'whole' }
  if (start >= bytes) return { kind: 'unsatisfiable' }
  return { kind: 'part', range: { start, end: Math.min(end, bytes - 1) } }
}

const suffix = (length: number, bytes: number): RangeDecision =>
  length === 0 || bytes === 0
    ? { kind: 'unsatisfiable' }
    : { kind: 'part', range: { start: Math.max(0, bytes - length), end: bytes - 1 } }
