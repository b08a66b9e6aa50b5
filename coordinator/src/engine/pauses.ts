import type { Clock } from '@tributary/protocols/runtime'

/** Pauses between tries, which all end at once when no more is to be tried. */
export type Pauses = {
  pause(ms: number): Promise<void>
  /** Ends every pause; none is made after this. */
  end(): void
}

export const createPauses = (clock: Clock): Pauses => {
  const ends = new Set<() => void>()
  let over = false
  return {
    pause: (ms) =>
      new Promise<void>((resolve) => {
        if (over) return resolve()
        const end = () => {
          cancel()
          ends.delete(end)
          resolve()
        }
        const cancel = clock.wakeAt(clock.now() + ms, end)
        ends.add(end)
      }),
    end() {
      over = true
      for (const end of ends) end()
    },
  }
}
