/** Where processes end, and when clocks are set: drawn from the seed, at their dealings with the world outside them. */
import type { Chance } from './chance.ts'
import type { WorldPlan } from './world-plan.ts'

export type Fate = {
  /** For one life of a process: asked before and after every dealing whether it is killed there. */
  dies(): (where: string) => boolean
  /** How long until a process that ended is started again. */
  restartAfterMs(): number
  /** Whether a process that ended went with the power. */
  powerCut(): boolean
  /** How often it has been so. */
  powerCuts(): number
  chance: Chance
}

export const createFate = ({
  chance,
  plan,
  active,
  jump,
  noted,
}: {
  chance: Chance
  plan: WorldPlan
  /** Whether things still go wrong. */
  active(): boolean
  /** Sets the wall clock by so many milliseconds. */
  jump(ms: number): void
  noted(what: string): void
}): Fate => {
  let kills = plan.kills
  let jumps = plan.jumps
  let powerCuts = 0
  /** The clock may be set in the middle of anything. */
  const maybeJump = () => {
    if (jumps === 0 || !chance.happens(0.01)) return
    jumps--
    const ms = chance.between(-600_000, 600_000) / chance.pick([1, 100])
    noted(`the clock jumps ${(ms / 1_000).toFixed(1)} s`)
    jump(ms)
  }
  return {
    chance,
    dies() {
      const dealings = kills > 0 ? chance.whole(1, 2 * plan.killWithin) : Infinity
      let dealt = 0
      return (where) => {
        if (!active()) return false
        maybeJump()
        if (++dealt < dealings || kills === 0) return false
        kills--
        noted(`KILLED ${where}`)
        return true
      }
    },
    restartAfterMs: () => chance.between(100, chance.pick([2_000, 90_000])),
    powerCut() {
      const cut = plan.blobs.kind === 'disk' && active() && chance.happens(plan.blobs.powerCuts)
      if (cut) powerCuts++
      return cut
    },
    powerCuts: () => powerCuts,
  }
}
