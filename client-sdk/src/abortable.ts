/** The promise's result, or the signal's reason where that aborts first. No listener of the signal outlives it. */
export const abortable = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise
  promise.catch(() => undefined) // where the signal has come first, nobody waits for it
  signal.throwIfAborted()
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What is aborted with, as the platform's own reason: but that one is a `DOMException`, which engines outside browsers and Node do not have. */
export const abortReason = (message: string): Error =>
  Object.assign(new Error(message), { name: 'AbortError' })
