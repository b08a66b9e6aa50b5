/** What the app tells of the device, where the platform does not: React Native, Electron, Capacitor, or tests. */
import { Instant } from '@tributary/protocols'
import * as z from 'zod/mini'
import type { Circumstances, Known } from '../ports/circumstances.ts'
import { TributaryError } from '../tributary-error.ts'

export type GivenCircumstances = Circumstances & {
  /**
   * Says what is so from here on; what is left out stays as it was, what is `undefined` is not known any more.
   * @throws TributaryError `bad-options` for what is no circumstance.
   */
  set(known: Known): void
}

/**
 * Circumstances that the app sets. Given to a client, they come before what the platform tells.
 * @throws TributaryError `bad-options` for what is no circumstance.
 */
export const createCircumstances = (first: Known = {}): GivenCircumstances => {
  let known = checked(first)
  const watching = new Set<() => void>()
  return {
    known: () => known,
    watch(changed) {
      // The same function may watch twice.
      const hear = () => changed()
      watching.add(hear)
      return () => watching.delete(hear)
    },
    set(told) {
      known = { ...known, ...checked(told) }
      for (const hear of [...watching]) hear()
    },
  }
}

const maybe = z.optional

const GivenKnown = z.strictObject({
  lastTouch: maybe(z.union([z.literal('now'), Instant])),
  page: maybe(z.enum(['visible', 'hidden'])),
  charging: maybe(z.boolean()),
  battery: maybe(z.number().check(z.gte(0), z.lte(1))),
  network: maybe(z.enum(['metered', 'unmetered'])),
  dataSaver: maybe(z.enum(['on', 'off'])),
  online: maybe(z.boolean()),
})

const REMEDIES = {
  lastTouch: "give milliseconds since 1970, or 'now'",
  page: "give 'visible' or 'hidden'",
  charging: 'give true or false',
  battery: 'give a number from 0 to 1',
  network: "give 'metered' or 'unmetered'",
  dataSaver: "give 'on' or 'off'",
  online: 'give true or false',
}

const checked = (told: Known): Known => {
  const { data, error } = GivenKnown.safeParse(told)
  if (data) return data
  const wrong = Object.entries(REMEDIES).filter(([name]) => error.issues.some(({ path }) => path[0] === name))
  throw new TributaryError({
    code: 'bad-options',
    problem: 'what was told of the circumstances is not of them',
    remedy:
      wrong.map(([name, remedy]) => `${name}: ${remedy}`).join('; ') ||
      `Tell of ${Object.keys(REMEDIES).join(', ')} alone`,
  })
}
