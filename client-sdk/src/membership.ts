/** From `join` to its end: the promise that `join` gave, and what must be let go of. */
export type Membership = {
  /** Resolves at the welcome. Nobody needs to await it. */
  welcomed: Promise<void>
  welcome(): void
  /** An attempt at a line has failed. Told once, and only before the welcome: from then on lines come and go. */
  unreached(): void
  /** Ends it. Whoever still waits for the welcome gets this error. */
  end(error: unknown): void
}

export const beginMembership = (needs: {
  signal: AbortSignal | undefined
  stayAlive(): () => void
  aborted(reason: unknown): void
  unreached(): void
}): Membership => {
  const { signal } = needs
  const allowToEnd = needs.stayAlive()
  const abort = () => needs.aborted(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  let mayTell = true
  let welcome = () => {}
  let turnAway = (_error: unknown) => {}
  const welcomed = new Promise<void>((resolve, reject) => {
    welcome = resolve
    turnAway = reject
  })
  welcomed.catch(() => undefined)
  return {
    welcomed,
    welcome() {
      mayTell = false
      welcome()
    },
    unreached() {
      if (!mayTell) return
      mayTell = false
      needs.unreached()
    },
    end(error) {
      signal?.removeEventListener('abort', abort)
      allowToEnd()
      turnAway(error)
    },
  }
}
