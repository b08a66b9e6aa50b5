import { type Expression, sql } from 'kysely'

/** The server's own clock: milliseconds since the Unix epoch, at the moment at which it is asked. */
export const serverNow = (): Expression<number> =>
  sql<number>`(extract(epoch from clock_timestamp()) * 1000)::double precision`
