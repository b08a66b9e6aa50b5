import { type MemorySignals, memorySignals } from '@tributary/coordinator'
import type { Clock } from '@tributary/protocols/runtime'
import type { Mischief } from './mischief.ts'

/** What processes tell each other, over a network that loses it, delays it and says it twice. */
export const faultySignals = ({ clock, mischief }: { clock: Clock; mischief: Mischief }): MemorySignals => {
  const { chance } = mischief
  const arrival = () => (mischief.happens('signalDelayed') ? chance.between(0, 5_000) : chance.between(0, 20))
  return memorySignals({
    clock,
    fate() {
      if (mischief.happens('signalLost')) return []
      return mischief.happens('signalRepeated') ? [arrival(), arrival()] : [arrival()]
    },
  })
}
