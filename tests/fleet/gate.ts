/** Something to wait at until it is opened, or until whoever waits is told not to. */
export type Gate = { hold(signal: AbortSignal): Promise<void>; open(): void }

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
