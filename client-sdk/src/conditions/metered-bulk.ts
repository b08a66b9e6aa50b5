/** Models down and updates up, counted before they begin, and not begun where they would pass the month's budget. */
import type { Digest } from '@tributary/protocols'
import type { Bulk } from '../ports/bulk.ts'
import { messageOf } from '../tributary-error.ts'
import type { UsageLedger } from './usage-ledger.ts'

type Needs = {
  bulk: Bulk
  charge: UsageLedger['charge']
  /** Whether the platform is certain that there is no network. */
  offline(): boolean
}

/**
 * A download that was interrupted goes on from where it was, and counts once, unless it never ends; one that was given up, or that another has followed, begins anew. Nobody tells how far an upload came: every attempt of one counts
 * whole, but for those that begin where there is no network. Headers, the line and enrolment are not counted.
 */
export const meteredBulk = ({ bulk, charge, offline }: Needs): Bulk => {
  let interrupted: { digest: Digest; times: number } | undefined
  /** What cannot be written down is not transferred either. */
  const charged = async (bytes: Parameters<typeof charge>[0]) => {
    try {
      const objections = await charge(bytes)
      return objections.length > 0 ? refused(objections.map(({ detail }) => detail).join('; ')) : undefined
    } catch (error) {
      return refused(`what this device uses cannot be written down: ${messageOf(error)}`)
    }
  }
  return {
    async download(ref, session, signal) {
      signal.throwIfAborted()
      const before = interrupted?.digest === ref.digest ? interrupted.times : MOST_INTERRUPTIONS
      interrupted = undefined
      const goesOn = before < MOST_INTERRUPTIONS
      if (!goesOn) {
        const objection = await charged({ down: ref.bytes, up: 0 })
        if (objection) return objection
      }
      signal.throwIfAborted()
      const answer = await bulk.download(ref, session, signal)
      if (answer.kind === 'interrupted' || answer.kind === 'unauthenticated')
        interrupted = { digest: ref.digest, times: goesOn ? before + 1 : 0 }
      return answer
    },
    async upload(upload, signal) {
      signal.throwIfAborted()
      if (!offline()) {
        const objection = await charged({ down: 0, up: upload.envelope.length })
        if (objection) return objection
        signal.throwIfAborted()
      }
      return bulk.upload(upload, signal)
    },
  }
}

/** A server may break off at the last byte for ever, and begin with the first each time: nobody tells how many bytes came. */
const MOST_INTERRUPTIONS = 16

const refused = (detail: string) => ({ kind: 'refused', detail }) as const
