/**
 * The audit log as a hash chain: every entry's hash covers the hash before it, so that changing, dropping, inserting
 * or reordering entries shows from the first one touched. Cutting off the newest entries does not show in what is
 * left: keep the last hash somewhere else to notice that.
 */
import { createHash } from 'node:crypto'
import type { AuditEntry, AuditRecord } from '../ports/records.ts'

/** Where a chain stands: the number and hash of its last entry. */
export type ChainHead = { sequence: number; hash: string }

/** Before the first entry. */
export const CHAIN_START: ChainHead = { sequence: 0, hash: '0'.repeat(64) }

/** Puts an entry in its place behind `head`. Lone surrogates, which no database keeps, become U+FFFD first. */
export const chainEntry = (head: ChainHead, entry: AuditEntry): AuditRecord => {
  const placed = {
    ...entry,
    actor: entry.actor.toWellFormed(),
    action: entry.action.toWellFormed(),
    subject: entry.subject.toWellFormed(),
    sequence: head.sequence + 1,
    previous: head.hash,
  }
  return { ...placed, hash: hashOf(placed) }
}

export type ChainVerdict =
  | { kind: 'intact'; head: ChainHead }
  | { kind: 'broken'; sequence: number; reason: 'out-of-sequence' | 'unlinked' | 'altered' }

/**
 * Checks records in order of sequence, from the start of the log or from the head of the page before.
 * `broken` names the first record that is wrong: one is missing before it, it does not name the hash before it,
 * or its own hash does not match what it says.
 */
export const verifyAudit = (records: Iterable<AuditRecord>, after: ChainHead = CHAIN_START): ChainVerdict => {
  let head = after
  for (const record of records) {
    const { sequence } = record
    if (sequence !== head.sequence + 1) return { kind: 'broken', sequence, reason: 'out-of-sequence' }
    if (record.previous !== head.hash) return { kind: 'broken', sequence, reason: 'unlinked' }
    if (record.hash !== hashOf(record)) return { kind: 'broken', sequence, reason: 'altered' }
    head = { sequence, hash: record.hash }
  }
  return { kind: 'intact', head }
}

/**
 * SHA-256, in hex, of the UTF-8 JSON array
 * `["tributary audit v1", sequence, previous, at, actor, action, subject, [[name, value], …]]` without spaces,
 * the details sorted by the UTF-16 code units of their names, numbers and strings as ECMAScript's JSON.stringify
 * writes them.
 */
const hashOf = ({
  sequence,
  previous,
  at,
  actor,
  action,
  subject,
  detail,
}: Omit<AuditRecord, 'hash'>): string => {
  const details = Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const canonical = ['tributary audit v1', sequence, previous, at, actor, action, subject, details]
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex')
}
