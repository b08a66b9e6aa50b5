/**
 * Shamir's secret sharing (1979), byte by byte over GF(2⁸) with the polynomial x⁸ + x⁴ + x³ + x + 1. A share's bytes
 * followed by its x are a share of the npm package `shamir-secret-sharing`, and the other way round.
 *
 * Secrets are only ever shifted and added: what is multiplied by is an x or made of x's, which are public. So neither
 * branches nor table look-ups depend on a secret.
 */

/** One point of each byte's polynomial: `y` has as many bytes as the secret; `x` is public, 1 to 255. */
export type Share = { x: number; y: Uint8Array }

/** At most so many shares of one secret: x is a byte and never 0, where the secret itself lies. */
export const MAX_SHARES = 255

/**
 * `shares` shares, with x from 1 upwards, of which any `threshold` give the secret and fewer tell nothing.
 * @param input.coefficients (threshold - 1) * secret.length uniform random bytes, used for nothing else.
 * @throws RangeError unless 1 ≤ threshold ≤ shares ≤ 255 and the lengths fit.
 */
export const splitSecret = (input: {
  secret: Uint8Array
  shares: number
  threshold: number
  coefficients: Uint8Array
}): Share[] => {
  const { secret, shares, threshold, coefficients } = input
  requireCounts(shares, threshold)
  if (secret.length === 0) throw new RangeError('an empty secret cannot be shared')
  if (coefficients.length !== (threshold - 1) * secret.length)
    throw new RangeError(
      `${threshold} shares of ${secret.length} bytes take ${(threshold - 1) * secret.length} bytes of coefficients, not ${coefficients.length}`,
    )
  const terms = [secret]
  for (let at = 0; at < coefficients.length; at += secret.length)
    terms.push(coefficients.subarray(at, at + secret.length))
  return Array.from({ length: shares }, (_, at) => ({ x: at + 1, y: evaluate(terms, at + 1) }))
}

/**
 * The shares at `xs` of the one polynomial that has the secret and all that are given, of which it takes one more than
 * are given to have the secret again. With uniform random given ones it is the sharing of `splitSecret`: polynomials of
 * that degree with this secret and the values at so many other places are one to one.
 * @param input.given shares that were settled before, 32 unused uniform random bytes each for a secret of 32.
 * @throws RangeError for x out of range or used twice, or shares of another length than the secret.
 */
export const completeShares = (input: {
  secret: Uint8Array
  given: readonly Share[]
  xs: readonly number[]
}): Share[] => {
  const { secret, given, xs } = input
  requirePlaces([...given.map(({ x }) => x), ...xs])
  if (given.some(({ y }) => y.length !== secret.length))
    throw new RangeError('the shares are of different lengths')
  const points = [{ x: 0, y: secret }, ...given]
  const places = points.map(({ x }) => x)
  return xs.map((x) => {
    const y = new Uint8Array(secret.length)
    for (const point of points) addScaled(y, point.y, lagrange(places, point.x, x))
    return { x, y }
  })
}

/**
 * The secret that these shares are of, when there are at least as many as its threshold; otherwise, or where one of them
 * is wrong, other bytes of the same length: check what comes out.
 * @throws RangeError for no shares, x out of range or given twice, or shares of different lengths.
 */
export const combineShares = (shares: readonly Share[]): Uint8Array => {
  const [first] = shares
  if (!first) throw new RangeError('no shares were given')
  const xs = shares.map(({ x }) => x)
  requirePlaces(xs)
  const secret = new Uint8Array(first.y.length)
  for (const { x, y } of shares) {
    if (y.length !== secret.length) throw new RangeError('the shares are of different lengths')
    addScaled(secret, y, lagrange(xs, x, 0))
  }
  return secret
}

/** Horner's rule on all bytes at once. */
const evaluate = (terms: readonly Uint8Array[], x: number): Uint8Array =>
  terms.reduceRight(
    (sum, term) => {
      const next = term.slice()
      addScaled(next, sum, x)
      return next
    },
    new Uint8Array(terms[0]?.length ?? 0),
  )

/** acc[i] ^= factor * bytes[i]; four bytes at a time, branching on the bits of the public factor alone. */
const addScaled = (acc: Uint8Array, bytes: Uint8Array, factor: number): void => {
  for (let at = 0; at < bytes.length; at += 4) {
    let word = 0
    for (let i = 0; i < 4; i++) word |= (bytes[at + i] ?? 0) << (8 * i)
    let product = 0
    for (let bits = factor; bits > 0; bits >>= 1) {
      if (bits & 1) product ^= word
      word = ((word & 0x7f7f7f7f) << 1) ^ (((word >>> 7) & 0x01010101) * 0x1b)
    }
    for (let i = 0; i < 4 && at + i < acc.length; i++)
      acc[at + i] = (acc[at + i] ?? 0) ^ ((product >>> (8 * i)) & 255)
  }
}

/** What the value at `x` weighs in the value at `at`: the product of (x' - at) / (x' - x) over all other x'. */
const lagrange = (xs: readonly number[], x: number, at: number): number => {
  // A product of public elements, as a sum of their logarithms modulo the order of the group.
  let log = 0
  for (const other of xs) if (other !== x) log += (LOGS[other ^ at] ?? 0) + 255 - (LOGS[other ^ x] ?? 0)
  return POWERS[log % 255] ?? 0
}

/** POWERS[i] = g^i for the generator g = 3; LOGS is its inverse. For public elements: look-ups tell what is looked up. */
const POWERS = new Uint8Array(255)
const LOGS = new Uint8Array(256)
for (let i = 0, power = 1; i < 255; i++) {
  POWERS[i] = power
  LOGS[power] = i
  power ^= (power << 1) ^ (power & 0x80 ? 0x11b : 0)
}

const requirePlaces = (xs: readonly number[]): void => {
  for (const x of xs)
    if (!Number.isInteger(x) || x < 1 || x > MAX_SHARES)
      throw new RangeError(`a share’s x is a whole number from 1 to ${MAX_SHARES}, not ${x}`)
  if (new Set(xs).size !== xs.length) throw new RangeError('two shares have the same x')
}

const requireCounts = (shares: number, threshold: number): void => {
  if (!Number.isInteger(shares) || shares < 1 || shares > MAX_SHARES)
    throw new RangeError(`a secret has 1 to ${MAX_SHARES} shares, not ${shares}`)
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > shares)
    throw new RangeError(`the threshold is a whole number from 1 to the ${shares} shares, not ${threshold}`)
}
