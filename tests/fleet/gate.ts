/** Something to wait at until it is opened, or until whoever waits is told not to. */
export type Gate = { hold(signal: AbortSignal): Promise<void>; open(): void }

/** Holds the first of those who come until it is given up, and no other. */
export const stallOnce = (): Gate['hold'] => {
  const never = aGate()
  let stalled = false
  return async (signal) => {
    if (stalled) return
    stalled = true
    await never.hold(signal)
  }
}

export const aGate = (): Gate => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    open: resolve,
    hold: (signal) =>
      new Promise((goOn, giveUp) => {
        signal.addEventListener('abort', () => giveUp(signal.reason), { once: true })
        promise.then(goOn)
      }),
  }
}
