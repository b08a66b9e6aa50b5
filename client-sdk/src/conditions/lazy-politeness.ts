/** Politeness of a device, loaded when it is first needed: what clients without conditions do not pay for. */
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import { lazily } from '../participation/lazily.ts'
import type { Bulk } from '../ports/bulk.ts'
import type { Circumstances } from '../ports/circumstances.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Trainer } from '../training/trainer.ts'
import { messageOf } from '../tributary-error.ts'
import type { Conditions } from './conditions.ts'
import type { Politeness } from './politeness.ts'

export type LazyPoliteness = Politeness & {
  /** @throws TributaryError `bad-options` for conditions with mistakes, and for a trainer that cannot count what they ask for. */
  require(trainer: Trainer): Promise<void>
}

export type LazyPolitenessNeeds = {
  /** As the app gave them. */
  conditions: Conditions
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

const loadCode = lazily(() => import('./politeness.ts'))

export const lazyPoliteness = (needs: LazyPolitenessNeeds): LazyPoliteness => {
  const { clock } = needs
  const load = lazily(() => politenessOf(needs))
  return {
    async require(trainer) {
      const code = await loadCode().catch(() => undefined) // the gate is shut for that, and says so
      code?.checkedConditions(needs.conditions, trainer)
    },
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

const politenessOf = async ({ conditions, circumstances, platform, ...needs }: LazyPolitenessNeeds) => {
  const [code, told] = await Promise.all([loadCode(), platform?.(needs.clock)])
  return code.createPoliteness({
    ...needs,
    conditions: code.checkedConditions(conditions),
    told: [circumstances, told].filter((one) => one !== undefined),
  })
}
