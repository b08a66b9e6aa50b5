/** What the address asks of the fleet, as REST asks it. */
type FleetQuery = {
  status?: 'active' | 'revoked' | 'withdrawn' | undefined
  online?: 'true' | 'false' | undefined
  search?: string | undefined
}

export const fleetQueryOf = (asked: { status: string; online: string; search: string }): FleetQuery => {
  const search = asked.search.trim().toLowerCase()
  return {
    status: oneOf(asked.status, ['active', 'revoked', 'withdrawn']),
    online: oneOf(asked.online, ['true', 'false']),
    search: search !== '' && isBeginning(search) ? search : undefined,
  }
}

/** Whether a client id may begin so: with or without `c-`, hex digits. */
export const isBeginning = (search: string): boolean =>
  /^(?:c-)?[0-9a-f]{0,32}$/.test(search.trim().toLowerCase())

const oneOf = <Word extends string>(value: string, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value)
