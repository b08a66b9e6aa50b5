/** What cases claim: they run where no test framework does. */

/** Throws where `seen` is not the same value as `expected`, as JSON has them; `undefined` and what is missing are the same. */
export const same = (what: string, seen: unknown, expected: unknown): void => {
  const [a, b] = [seen, expected].map((value) => JSON.stringify(value, sorted))
  if (a !== b) throw new Error(`${what}: ${a}, where ${b} was expected`)
}

/** Throws where `promise` does not reject, or with something whose `code` or `name` is not this word. Errors with a code say a remedy. */
export const rejects = async (what: string, promise: Promise<unknown>, word: string): Promise<void> => {
  const seen = await promise.then(
    (value) => `nothing, and gave ${JSON.stringify(value)}`,
    (error: unknown) => error,
  )
  const said = Object(seen) as { code?: unknown; remedy?: unknown; name?: unknown }
  const isTold =
    typeof said.code === 'string' ? said.code === word && Boolean(said.remedy) : said.name === word
  if (!isTold) throw new Error(`${what}: was to reject with ${word}, and did with ${String(seen)}`)
}

/** The same for what is to throw at once. */
export const throws = (what: string, act: () => unknown, word: string): Promise<void> =>
  rejects(what, new Promise((resolve) => resolve(act())), word)

/** Looks until there is something to see. */
export const until = async <T>(what: string, look: () => T | undefined | false): Promise<T> => {
  const giveUpAt = performance.now() + 15_000
  for (;;) {
    const seen = look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > giveUpAt) throw new Error(`waited 15 s for ${what}`)
    await new Promise((turn) => setTimeout(turn, 5))
  }
}

const sorted = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value
