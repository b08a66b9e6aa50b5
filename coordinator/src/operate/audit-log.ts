import { CHAIN_START, type ChainHead, verifyAudit } from '../audit/chain.ts'
import { StorageError } from '../faults/storage.ts'
import type { AuditRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'

/** The first entry that is wrong, and how. `unreadable`: its row is no entry any more. */
export type Break = {
  sequence: number
  reason: 'out-of-sequence' | 'unlinked' | 'altered' | 'unreadable'
}

/** What was looked for of an earlier time: an entry that was the last then. */
export type Expectation = 'there' | 'cut-off' | 'different'

export type LogVerdict = {
  broken: Break | undefined
  /** The last entry of the part that is right. */
  head: ChainHead
  /** `undefined` where nothing was looked for, or the log is broken before it. */
  expected: Expectation | undefined
}

const PAGE = 1_000

/**
 * Checks a whole audit log, page by page, from its first entry on. What was cut off at its end shows only where the
 * head of an earlier time is given.
 */
export const verifyAuditLog = async (
  { audit }: Pick<Store, 'audit'>,
  expectedHead?: ChainHead,
): Promise<LogVerdict> => {
  let head = CHAIN_START
  let expected: Expectation | undefined = expectedHead && 'cut-off'
  for await (const record of entriesOf(audit)) {
    const verdict = record === 'unreadable' ? unreadableAfter(head) : verifyAudit([record], head)
    if (verdict.kind === 'broken') {
      const { sequence, reason } = verdict
      return { broken: { sequence, reason }, head, expected: expected === 'cut-off' ? undefined : expected }
    }
    head = verdict.head
    if (head.sequence === expectedHead?.sequence)
      expected = head.hash === expectedHead.hash ? 'there' : 'different'
  }
  return { broken: undefined, head, expected }
}

const unreadableAfter = ({ sequence }: ChainHead) =>
  ({ kind: 'broken', sequence: sequence + 1, reason: 'unreadable' }) as const

/** Every entry, those before the first included that somebody may have put there. A row that is none ends it. */
async function* entriesOf(audit: Store['audit']): AsyncGenerator<AuditRecord | 'unreadable'> {
  let after = Number.MIN_SAFE_INTEGER
  for (let limit = PAGE; ; ) {
    const page = await audit({ limit, after }).catch((error: unknown) => {
      if (error instanceof StorageError && !error.full) return 'unreadable' as const
      throw error
    })
    if (page === 'unreadable' && limit === 1) return yield 'unreadable'
    if (page === 'unreadable') {
      limit = 1 // the rows before it are looked at one by one
      continue
    }
    yield* page
    const last = page.at(-1)
    if (page.length < limit || last === undefined) return
    after = last.sequence
  }
}
