/** Politeness of a device, loaded when it is first needed: what clients without conditions do not pay for. */
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Bulk } from '../ports/bulk.ts'
import type { Circumstances } from '../ports/circumstances.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { messageOf } from '../tributary-error.ts'
import type { CheckedConditions } from './conditions.ts'
import type { Politeness } from './politeness.ts'

export type LazyPolitenessNeeds = {
  conditions: CheckedConditions
  /** What the app tells; it comes before what the platform does. */
  circumstances?: Circumstances | undefined
  /** What the platform tells. */
  platform?: ((clock: Clock) => Promise<Circumstances>) | undefined
  records: RecordStore
  bulk: Bulk
  clock: Clock
}

/** A page may be offline when it needs what it has not loaded yet. */
const LOAD_AGAIN_AFTER_MS = 60_000

export const lazyPoliteness = (needs: LazyPolitenessNeeds): Politeness => {
  const { clock } = needs
  let loading: Promise<Politeness> | undefined
  const load = (): Promise<Politeness> => {
    loading ??= politenessOf(needs).catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
  return {
    gate: {
      watch(told) {
        let end: Cancel | undefined
        let over = false
        const begin = async () => {
          try {
            const { gate } = await load()
            if (!over) end = gate.watch(told)
          } catch (error) {
            if (over) return
            told({ by: 'conditions', detail: `the conditions cannot be looked at: ${messageOf(error)}` })
            end = clock.wakeAt(clock.now() + LOAD_AGAIN_AFTER_MS, () => void begin())
          }
        }
        void begin()
        return () => {
          over = true
          end?.()
        }
      },
    },
    bulk: {
      download: async (...asked) => (await load().catch(noBulk)).bulk.download(...asked),
      upload: async (...asked) => (await load().catch(noBulk)).bulk.upload(...asked),
    },
    objectionTo: async (invited) => (await load()).objectionTo(invited),
    take: async (round) => (await load()).take(round),
    usage: async () => (await load()).usage(),
  }
}

const INTERRUPTED = { kind: 'interrupted' } as const

/** To be tried again. */
const noBulk = (): Pick<Politeness, 'bulk'> => ({
  bulk: { download: async () => INTERRUPTED, upload: async () => INTERRUPTED },
})

const politenessOf = async ({ circumstances, platform, ...needs }: LazyPolitenessNeeds) => {
  const [{ createPoliteness }, told] = await Promise.all([import('./politeness.ts'), platform?.(needs.clock)])
  return createPoliteness({ ...needs, told: [circumstances, told].filter((one) => one !== undefined) })
}
