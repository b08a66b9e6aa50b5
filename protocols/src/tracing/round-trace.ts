/**
 * The trace of a round: ids that coordinator and clients work out each for themselves, so that their spans are of one trace without a word on the
 * wire, whichever process made them and however often. Forms of W3C Trace Context (w3.org/TR/trace-context).
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { RoundId } from '../ids.ts'

/** Where a span is: 16 bytes and 8 bytes in lowercase hex, neither of them zero, and whether anybody keeps it. */
export type SpanContext = { traceId: string; spanId: string; sampled: boolean }

/** Of every round of every coordinator another one: `coordinator` is the id that its challenges name. */
export const traceIdOf = (coordinator: string, round: RoundId): string =>
  hexOf(`tributary trace v1\n${coordinator}\n${round}`, 16)

/** `name`: what the span is of, within its trace. */
export const spanIdOf = (traceId: string, name: string): string =>
  hexOf(`tributary span v1\n${traceId}\n${name}`, 8)

/**
 * Whether a trace is among the `ratio` of all, 0 to 1, that are kept. It follows from the trace's id: whoever keeps the same ratio keeps the same
 * traces (the last 56 bits against a threshold, as OpenTelemetry samples consistently).
 */
export const isSampled = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(18), 16) >= (1 - ratio) * 2 ** 56

/** The value of a `traceparent` header. */
export const traceparentOf = ({ traceId, spanId, sampled }: SpanContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** What a `traceparent` header says; `undefined` where it is none, which is to be treated as if it had not come. */
export const parseTraceparent = (text: string): SpanContext | undefined => {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

const hexOf = (text: string, bytes: number) => bytesToHex(sha256(utf8ToBytes(text)).subarray(0, bytes))
