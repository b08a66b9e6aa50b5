import { CHAIN_START, type ChainHead, verifyAudit } from '../audit/chain.ts'
import { StorageError } from '../faults/storage.ts'
import type { AuditRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'

/** The first entry that is wrong, and how. `unreadable`: what stands in its place is no entry; `detail` says which row that is. */
export type Break =
  | { sequence: number; reason: 'out-of-sequence' | 'unlinked' | 'altered' }
  | { sequence: number; reason: 'unreadable'; detail: string }

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

type Walk = { behind: ChainHead; page: number; pause(): Promise<unknown> }

/**
 * Checks an audit log, page by page, from its first entry on, or from behind an entry that is known to be right. What was
 * cut off at its end shows only where the head of an earlier time is given. Between pages of `page` entries it waits for `pause`.
 */
export const verifyAuditLog = async (
  { audit }: Pick<Store, 'audit'>,
  expectedHead?: ChainHead,
  { behind = CHAIN_START, page = PAGE, pause = async () => {} }: Partial<Walk> = {},
): Promise<LogVerdict> => {
  let head = behind
  let expected: Expectation | undefined = expectedHead && 'cut-off'
  for await (const record of entriesOf(audit, { behind, page, pause })) {
    const next = follow(head, record)
    if ('reason' in next)
      return { broken: next, head, expected: expected === 'cut-off' ? undefined : expected }
    head = next
    if (head.sequence === expectedHead?.sequence)
      expected = head.hash === expectedHead.hash ? 'there' : 'different'
  }
  return { broken: undefined, head, expected }
}

/** The head with one entry more, or what is wrong with that entry. */
const follow = (head: ChainHead, record: AuditRecord | Unreadable): ChainHead | Break => {
  if ('unreadable' in record)
    return { sequence: head.sequence + 1, reason: 'unreadable', detail: record.unreadable }
  const verdict = verifyAudit([record], head)
  return verdict.kind === 'intact' ? verdict.head : { sequence: verdict.sequence, reason: verdict.reason }
}

type Unreadable = { unreadable: string }

/** Every entry, those before the first included that somebody may have put there, where it begins with it. A row that is none ends it. */
async function* entriesOf(
  audit: Store['audit'],
  { behind, page: most, pause }: Walk,
): AsyncGenerator<AuditRecord | Unreadable> {
  let after = behind.sequence === CHAIN_START.sequence ? Number.MIN_SAFE_INTEGER : behind.sequence
  for (let limit = most; ; await pause()) {
    const page = await audit({ limit, after }).catch((error: unknown) => {
      if (error instanceof StorageError && !error.full) return { unreadable: error.message }
      throw error
    })
    if ('unreadable' in page && limit === 1) return yield page
    if ('unreadable' in page) {
      limit = 1 // the rows before it are looked at one by one
      continue
    }
    yield* page
    const last = page.at(-1)
    if (page.length < limit || last === undefined) return
    after = last.sequence
  }
}
