import type { Circumstances } from '../ports/circumstances.ts'

/** What is known of either; where both know, what the first says. */
export const eitherOf = (first: Circumstances, second: Circumstances): Circumstances => ({
  known() {
    const told = Object.entries(first.known()).filter(([, value]) => value !== undefined)
    return { ...second.known(), ...Object.fromEntries(told) }
  },
  watch(changed) {
    const ends = [first.watch(changed), second.watch(changed)]
    return () => {
      for (const end of ends) end()
    }
  },
})

export const NOTHING_TOLD: Circumstances = { known: () => ({}), watch: () => () => undefined }
