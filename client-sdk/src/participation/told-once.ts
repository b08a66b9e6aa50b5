/** Does what may fail and does not matter enough to stop for: `failed` is told of a failure once, until it has gone well again. */
export const toldOnce = (
  failed: (error: unknown) => void,
): ((work: () => Promise<void>) => Promise<void>) => {
  let failing = false
  return async (work) => {
    try {
      await work()
      failing = false
    } catch (error) {
      if (!failing) failed(error)
      failing = true
    }
  }
}
