import { setImmediate } from 'node:timers/promises'
import type { Clock } from '@tributary/protocols/runtime'
import { type Break, type LogVerdict, verifyAuditLog } from '../operate/audit-log.ts'
import type { Store } from '../ports/store.ts'
import { CHAIN_START, type ChainHead, verifyAudit } from './chain.ts'

export type AuditVerdict = {
  /** The last entry of the part that is right. */
  head: ChainHead
  /** `cut-off`, `written-anew`: the log holds together, but is not the one that an earlier verification saw up to this entry. */
  broken: Break | { sequence: number; reason: 'cut-off' | 'written-anew' } | undefined
}

type Needs = { clock: Pick<Clock, 'now'>; store: Pick<Store, 'audit'> }

/** A few milliseconds of reading and hashing, after which others have their turn. */
const PAGE = 200
const WHOLE_EVERY_MS = 60 * 60_000

/**
 * Verifies the audit log of the process that serves, once at a time: who asks meanwhile is answered the same. What was
 * found right is not read again until an hour later, as long as its last entry is what it was.
 */
export const createAuditVerification = ({ clock, store }: Needs): (() => Promise<AuditVerdict>) => {
  let known: ChainHead = CHAIN_START
  let wholeAt = Number.NEGATIVE_INFINITY
  let underWay: Promise<AuditVerdict> | undefined

  const isThere = async ({ sequence, hash }: ChainHead): Promise<boolean> => {
    const [record] = await store.audit({ limit: 1, after: sequence - 1 })
    if (record?.sequence !== sequence || record.hash !== hash) return false
    return verifyAudit([record], { sequence: sequence - 1, hash: record.previous }).kind === 'intact'
  }

  const verify = async (): Promise<AuditVerdict> => {
    const isNew = known.sequence === CHAIN_START.sequence
    const isDue = Math.abs(clock.now() - wholeAt) >= WHOLE_EVERY_MS
    const onlyNewer = !isNew && !isDue && (await isThere(known).catch(() => false)) // else the walk says what is wrong
    const walk = { page: PAGE, pause: () => setImmediate() }
    if (!onlyNewer) wholeAt = clock.now()
    const verdict = onlyNewer
      ? await verifyAuditLog(store, undefined, { ...walk, behind: known })
      : await verifyAuditLog(store, isNew ? undefined : known, walk)
    const broken = brokenIn(verdict, known)
    if (!broken || broken === verdict.broken)
      known = verdict.head.sequence > known.sequence ? verdict.head : known
    return { head: verdict.head, broken }
  }

  return () => {
    underWay ??= verify().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

const brokenIn = ({ broken, head, expected }: LogVerdict, known: ChainHead): AuditVerdict['broken'] => {
  if (broken) return broken
  if (expected === 'cut-off') return { sequence: head.sequence + 1, reason: 'cut-off' }
  if (expected === 'different') return { sequence: known.sequence, reason: 'written-anew' }
  return undefined
}
