/** From `join` to its end: the promise that `join` gave, and what must be let go of. */
export type Membership = {
  /** Resolves at the welcome. Nobody needs to await it. */
  welcomed: Promise<void>
  welcome(): void
  /** Ends it. Whoever still waits for the welcome gets this error. */
  end(error: unknown): void
}

export const beginMembership = (needs: {
  signal: AbortSignal | undefined
  stayAlive(): () => void
  aborted(reason: unknown): void
}): Membership => {
  const { signal } = needs
  const allowToEnd = needs.stayAlive()
  const abort = () => needs.aborted(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  let welcome = () => {}
  let turnAway = (_error: unknown) => {}
  const welcomed = new Promise<void>((resolve, reject) => {
    welcome = resolve
    turnAway = reject
  })
  welcomed.catch(() => undefined)
  return {
    welcomed,
    welcome: () => welcome(),
    end(error) {
      signal?.removeEventListener('abort', abort)
      allowToEnd()
      turnAway(error)
    },
  }
}
