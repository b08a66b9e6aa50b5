import type { CoordinatorNeeds } from '@tributary/coordinator'
import type { Computing } from './computing.ts'

type Store = CoordinatorNeeds['store']

/** Tables that answer in real time, as those in a file or on a server do: the clock stands while they are asked. */
export const heldStore = (store: Store, { now }: Pick<Computing, 'now'>): Store => holding(store, now)

const holding = <Of extends object>(of: Of, now: Computing['now']): Of => {
  const held = new Map<PropertyKey, unknown>()
  return new Proxy(of, {
    get(target, name) {
      if (!held.has(name)) held.set(name, heldBy(Reflect.get(target, name), now))
      return held.get(name)
    },
  })
}

const heldBy = (value: unknown, now: Computing['now']): unknown => {
  if (typeof value === 'function')
    return (...given: unknown[]) => {
      const answer: unknown = value(...given)
      return answer instanceof Promise ? now(answer) : answer
    }
  return typeof value === 'object' && value !== null ? holding(value, now) : value
}
