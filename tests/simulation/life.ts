import type { Cancel, Clock } from '@tributary/protocols/runtime'

/**
 * One life of a process: between its start and its end it deals with the world outside through what stands here. From
 * the moment it ends, nothing that it asked for is ever answered, its timers are gone, and whatever of its code still
 * runs reaches nobody.
 */
export type Life = {
  over(): boolean
  end(): void
  /** Runs when the life ends; at once if it has. */
  atEnd(listener: () => void): void
  /** Ends its lines, and lives on. */
  hangUp(): void
  /** Registers a line's end. */
  line(cut: () => void): void
  /** Work outside the process. The life may end before it is begun or after it is done. */
  call<T>(what: string, work: () => Promise<T>): Promise<T>
  /** The same for what is done at once, such as putting a message on a line. */
  act(what: string, work: () => void): void
  clock: Clock
  /** Another clock, whose timers end with the life as well. */
  by(clock: Clock): Clock
  /** Timers armed and not cancelled. */
  armed(): number
}

export const createLife = ({
  clock,
  dies,
}: {
  clock: Clock
  /** Asked before and after every dealing: whether the process is killed there. */
  dies(where: string): boolean
}): Life => {
  let over = false
  const listeners: (() => void)[] = []
  const timers = new Set<Cancel>()
  const lines: (() => void)[] = []
  const hangUp = () => {
    for (const cut of lines.splice(0)) cut()
  }

  const end = () => {
    if (over) return
    over = true
    for (const cancel of timers) cancel()
    timers.clear()
    hangUp()
    for (const listener of listeners) listener()
  }
  const by = ({ now, wakeAt }: Clock): Clock => ({
    now,
    wakeAt(at, wake) {
      if (over) return () => {}
      const cancelWake = wakeAt(at, () => {
        timers.delete(cancel)
        wake()
      })
      const cancel = () => {
        timers.delete(cancel)
        cancelWake()
      }
      timers.add(cancel)
      return cancel
    },
  })
  const endsAt = (where: string): boolean => {
    if (!over && dies(where)) end()
    return over
  }

  return {
    over: () => over,
    end,
    atEnd(listener) {
      if (over) listener()
      else listeners.push(listener)
    },
    hangUp,
    line(cut) {
      if (over) cut()
      else lines.push(cut)
    },
    async call(what, work) {
      if (endsAt(`before ${what}`)) return unanswered()
      try {
        const result = await work()
        return endsAt(`after ${what}`) ? unanswered() : result
      } catch (error) {
        if (endsAt(`after ${what}`)) return unanswered()
        throw error
      }
    },
    act(what, work) {
      if (endsAt(`before ${what}`)) return
      work()
      endsAt(`after ${what}`)
    },
    clock: by(clock),
    by,
    armed: () => timers.size,
  }
}

export const unanswered = <T>(): Promise<T> => new Promise<T>(() => {})
