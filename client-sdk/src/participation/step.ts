import type { Effect } from './effect.ts'
import type { Joined, Participation } from './state.ts'

/** What a transition gives: the next state, and what to do about it, in order. */
export type Step<S extends Participation = Participation> = { state: S; effects: readonly Effect[] }

export const still = <S extends Participation>(state: S): Step<S> => ({ state, effects: [] })

export const step = <S extends Participation>(state: S, ...effects: Effect[]): Step<S> => ({ state, effects })

/** Does one thing after another; a participation that has stopped on the way stays stopped. */
export const chain = (first: Step, ...next: readonly ((joined: Joined) => Step)[]): Step =>
  next.reduce<Step>((before, then) => {
    if (before.state.phase !== 'joined') return before
    const after = then(before.state)
    return { state: after.state, effects: [...before.effects, ...after.effects] }
  }, first)
