/**
 * Lets everything else have its turn. Browsers hold timers back by 4 ms once they are nested, which is longer than a
 * training step; a message to oneself comes at once.
 */
export const createTurns = (): { take: () => Promise<void>; end: () => void } => {
  if (typeof setImmediate === 'function')
    return { take: () => new Promise((turn) => setImmediate(turn)), end: () => undefined }
  const { port1, port2 } = new MessageChannel()
  let turn = () => {}
  port1.onmessage = () => turn()
  return {
    take: () =>
      new Promise((resolve) => {
        turn = resolve
        port2.postMessage(undefined)
      }),
    end: () => port1.close(),
  }
}
