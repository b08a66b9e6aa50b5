/** Models down and updates up, counted before they begin, and not begun where they would pass the month's budget. */
import type { Digest } from '@tributary/protocols'
import type { Bulk } from '../ports/bulk.ts'
import type { Objection } from './objections.ts'
import type { UsageLedger } from './usage-ledger.ts'

type Needs = {
  bulk: Bulk
  charge: UsageLedger['charge']
  /** Whether the platform is certain that there is no network. */
  offline(): boolean
}

/**
 * A download that was interrupted goes on from where it was, and counts once. Nobody tells how far an upload came: every attempt of one counts
 * whole, but for those that begin where there is no network. Headers, the line and enrolment are not counted.
 */
export const meteredBulk = ({ bulk, charge, offline }: Needs): Bulk => {
  const incomplete = new Set<Digest>()
  return {
    async download(ref, session, signal) {
      signal.throwIfAborted()
      if (!incomplete.delete(ref.digest)) {
        const objections = await charge({ down: ref.bytes, up: 0 })
        if (objections.length > 0) return refused(objections)
      }
      incomplete.add(ref.digest)
      signal.throwIfAborted()
      const answer = await bulk.download(ref, session, signal)
      if (answer.kind !== 'interrupted' && answer.kind !== 'unauthenticated') incomplete.delete(ref.digest)
      return answer
    },
    async upload(upload, signal) {
      signal.throwIfAborted()
      if (!offline()) {
        const objections = await charge({ down: 0, up: upload.envelope.length })
        if (objections.length > 0) return refused(objections)
        signal.throwIfAborted()
      }
      return bulk.upload(upload, signal)
    },
  }
}

const refused = (objections: readonly Objection[]) =>
  ({ kind: 'refused', detail: objections.map(({ detail }) => detail).join('; ') }) as const
