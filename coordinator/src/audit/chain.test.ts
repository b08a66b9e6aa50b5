import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AuditEntry, AuditRecord } from '../ports/records.ts'
import { CHAIN_START, chainEntry, verifyAudit } from './chain.ts'

const anEntry = (subject: string): AuditEntry => ({
  at: 1_768_478_400_000,
  actor: 'Ada',
  action: 'create-task',
  subject,
  detail: { rounds: 3, dry: false, note: null },
})

const chained = (entries: readonly AuditEntry[]): AuditRecord[] => {
  const records: AuditRecord[] = []
  for (const entry of entries) records.push(chainEntry(records.at(-1) ?? CHAIN_START, entry))
  return records
}

const three = () => chained(['one', 'two', 'three'].map(anEntry))

describe('the audit chain', () => {
  test('of nothing is intact and stands at its start', () => {
    expect(verifyAudit([])).toEqual({ kind: 'intact', head: CHAIN_START })
  })

  test('hashes the documented bytes', () => {
    // Python: sha256(('["tributary audit v1",1,"' + '0'*64 + '",1768478400000,"Ada","create-task","digits",'
    //   '[["dry",false],["note",null],["rounds",3]]]').encode()).hexdigest()
    expect(chained([anEntry('digits')])[0]).toMatchObject({
      sequence: 1,
      previous: '0'.repeat(64),
      hash: '9b72e06c57b065d4968c11f5e0163b1352bd27ab816956edd13ac4059d6848b7',
    })
  })

  test.each(['at', 'actor', 'action', 'subject', 'detail', 'hash'] as const)(
    'shows that %s was altered',
    (field) => {
      const records = three()
      const altered = {
        at: 1,
        actor: 'Eve',
        action: 'x',
        subject: 'x',
        detail: { rounds: 4 },
        hash: '0'.repeat(64),
      }
      const touched = records.map((record, i) => (i === 1 ? { ...record, [field]: altered[field] } : record))
      expect(verifyAudit(touched)).toEqual({ kind: 'broken', sequence: 2, reason: 'altered' })
    },
  )

  test('shows an entry that was altered and hashed again at the one after it', () => {
    const [first, second, third] = three()
    if (!first || !second || !third) throw new Error('three were made')
    const forged = chainEntry(first, { ...second, actor: 'Eve' })
    expect(verifyAudit([first, forged, third])).toEqual({ kind: 'broken', sequence: 3, reason: 'unlinked' })
  })

  test('shows entries dropped, doubled, reordered, and a start that is missing', () => {
    const [first, second, third] = three()
    if (!first || !second || !third) throw new Error('three were made')
    const brokenAt = (sequence: number) => ({ kind: 'broken', sequence, reason: 'out-of-sequence' })
    expect(verifyAudit([first, third])).toEqual(brokenAt(3))
    expect(verifyAudit([first, first])).toEqual(brokenAt(1))
    expect(verifyAudit([second, first, third])).toEqual(brokenAt(2))
    expect(verifyAudit([second, third])).toEqual(brokenAt(2))
  })

  test('shows a history that was renumbered after a cut', () => {
    const [first, , third] = three()
    if (!first || !third) throw new Error('three were made')
    expect(verifyAudit([first, { ...third, sequence: 2 }])).toEqual({
      kind: 'broken',
      sequence: 2,
      reason: 'unlinked',
    })
  })

  test('does not depend on the order of the details', () => {
    const here = chainEntry(CHAIN_START, { ...anEntry('x'), detail: { a: 1, b: 2, 10: 3, 9: 4 } })
    const there = chainEntry(CHAIN_START, { ...anEntry('x'), detail: { 9: 4, 10: 3, b: 2, a: 1 } })
    expect(here.hash).toBe(there.hash)
  })

  test('tells entries apart whose parts would run together', () => {
    const hashes = [
      { actor: 'a', action: 'bc' },
      { actor: 'ab', action: 'c' },
      { actor: 'a","bc', action: '' },
    ].map((parts) => chainEntry(CHAIN_START, { ...anEntry('x'), ...parts }).hash)
    expect(new Set(hashes).size).toBe(3)
  })

  test('survives a journey through JSON, whatever the entries say', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '"', '\\', '\u0000', '日', '🙂', '\ud800', '\udc00', '\u2028'),
    })
    // Names of details are the program's own words. (V8's JSON.parse can take the name "\u0000" for "\\" when objects of both shapes are about.)
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '日') })
    const detail = fc.dictionary(name, fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null)))
    const entry = fc.record({ at: fc.nat(), actor: text, action: text, subject: text, detail })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
        const records: AuditRecord[] = JSON.parse(JSON.stringify(chained(entries)))
        expect(verifyAudit(records)).toMatchObject({ kind: 'intact', head: { sequence: entries.length } })
      }),
    )
  })
})
