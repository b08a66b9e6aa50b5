import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** A name led to no address that may be connected to. */
export class AddressRefusedError extends Error {
  override name = 'AddressRefusedError'
}

export type Resolve = (
  hostname: string,
  answered: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const resolveBySystem: Resolve = (hostname, answered) => lookup(hostname, { all: true }, answered)

/**
 * Resolves names as the system does, and gives a socket only the addresses that `allows` them: what is checked is what is
 * connected to, whatever the name is said to be a moment later.
 */
export const checkedLookup =
  (allows: (address: string) => boolean, resolve: Resolve = resolveBySystem): LookupFunction =>
  (hostname, options, answered) =>
    resolve(hostname, (error, addresses) => {
      if (error) return answered(error, [])
      const wanted = addresses.filter(
        ({ address, family }) => allows(address) && (!isFamily(options.family) || family === options.family),
      )
      const [first] = wanted
      if (!first) return answered(new AddressRefusedError(`${hostname} is at no public address`), [])
      if (options.all) return answered(null, wanted)
      return answered(null, first.address, first.family)
    })

const isFamily = (family: unknown): family is 4 | 6 => family === 4 || family === 6
