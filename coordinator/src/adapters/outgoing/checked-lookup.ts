import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { createLimiter } from '../../submissions/limiter.ts'

/** A name led to no address that may be connected to. */
export class AddressRefusedError extends Error {
  override name = 'AddressRefusedError'
}

/** All addresses of a name. Rejects where it has none. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>

/** The system resolves names in the threads that also write files: some names take it very long, and must not have them all. */
const MOST_AT_ONCE = 2

const resolveBySystem = (): Resolve => {
  const limited = createLimiter(MOST_AT_ONCE)
  return (hostname) => limited(() => lookup(hostname, { all: true }))
}

/**
 * Resolves names, and gives a socket only the addresses that `allows` them: what is checked is what is connected to,
 * whatever the name is said to be a moment later.
 */
export const checkedLookup =
  (allows: (address: string) => boolean, resolve: Resolve = resolveBySystem()): LookupFunction =>
  (hostname, options, answered) => {
    const hand = (addresses: readonly LookupAddress[]) => {
      const wanted = addresses.filter(
        ({ address, family }) => allows(address) && (!isFamily(options.family) || family === options.family),
      )
      const [first] = wanted
      if (!first) return answered(new AddressRefusedError(`${hostname} is at no public address`), [])
      if (options.all) return answered(null, wanted)
      return answered(null, first.address, first.family)
    }
    resolve(hostname).then(hand, (error: NodeJS.ErrnoException) => answered(error, []))
  }

const isFamily = (family: unknown): family is 4 | 6 => family === 4 || family === 6
