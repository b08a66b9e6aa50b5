import { lazily } from '../participation/lazily.ts'
import type { PinningNeeds } from './create-pinning.ts'
import { PIN, type Pinning } from './pin.ts'

const loadPinning = lazily(() => import('./create-pinning.ts'))

/** Its code is on its way from here on, apart from what an app loads at once. */
export const pinningSoon = (needs: PinningNeeds): Pinning => {
  let made: Pinning | undefined
  const pinning = async (): Promise<Pinning> => {
    const { createPinning } = await loadPinning()
    made ??= createPinning(needs)
    return made
  }
  pinning().catch(() => undefined) // whoever needs it loads it again, and hears why not
  return {
    pin: async () => (needs.given || (await needs.records.load(PIN)) ? (await pinning()).pin() : undefined),
    learn: async (coordinator) => (await pinning()).learn(coordinator),
  }
}
