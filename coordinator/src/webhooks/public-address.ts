import { BlockList, isIP } from 'node:net'

/**
 * Whether an IP address, in any spelling, is one of the public internet: none of this machine, of a local network, of a
 * group of machines, or set aside for anything else (the IANA registries of special-purpose addresses, RFC 6890). An IPv6
 * address that carries an IPv4 address is what that one is; those of translators and tunnels (NAT64, 6to4, Teredo) lead
 * to addresses that cannot be checked and are none.
 */
export const isPublicAddress = (address: string): boolean => {
  switch (isIP(address)) {
    case 4:
      return !reserved.check(address, 'ipv4')
    case 6:
      // An address with a zone (fe80::1%eth0) is of a local network.
      if (address.includes('%')) return false
      return (
        (unicast.check(address, 'ipv6') || mapped.check(address, 'ipv6')) && !reserved.check(address, 'ipv6')
      )
    default:
      return false
  }
}

/** The host of a URL where it is an address and no name: `URL` has made one spelling of all of IPv4's. */
export const literalAddress = ({ hostname }: URL): string | undefined => {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return isIP(bare) === 0 ? undefined : bare
}

const listOf = (family: 'ipv4' | 'ipv6', networks: readonly string[], list = new BlockList()): BlockList => {
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}

/** All that is given out to the internet. */
const unicast = listOf('ipv6', ['2000::/3'])
/** A list's IPv4 networks also hold for these. */
const mapped = listOf('ipv6', ['::ffff:0:0/96'])

const reserved = listOf(
  'ipv6',
  ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
  listOf('ipv4', [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '192.175.48.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ]),
)
