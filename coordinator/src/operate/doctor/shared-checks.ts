/** What several processes stand on together: a server with the tables, a bucket, leases, the key they all have. */
import type { ServerFacts } from '../../adapters/postgres/examine-server.ts'
import type { Config } from '../../config.ts'
import { opensRoundKey } from '../../crypto/round-keys.ts'
import type { Blobs } from '../../ports/blobs.ts'
import type { Snapshot } from '../../ports/snapshot.ts'
import type { Standing } from '../../ports/standing.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

/** Deadlines go by each machine's clock: processes whose clocks differ close rounds at different times. */
const SKEW_SHOWS_MS = 1_000
const SKEW_BREAKS_MS = 30_000

/** Nothing is said where the tables are a file. */
export const serverCheck = (factsOf: () => Promise<ServerFacts | undefined>): Check => ({
  name: 'server',
  async run() {
    const facts = await factsOf()
    if (!facts) return []
    const { version, settings, standby } = facts
    const durable = Object.entries(settings).map(([name, value]) => `${name} ${value}`)
    const findings = [ok('server', `PostgreSQL ${version}: ${durable.join(', ')}`)]
    if (standby)
      findings.push(fail('server', 'it is a standby and takes no writes', 'give the address of the primary'))
    if (settings.full_page_writes !== 'on')
      findings.push(
        fail(
          'server',
          'full_page_writes is off: a power cut can tear a page in two',
          'turn it on, unless the file system itself writes pages whole',
        ),
      )
    if (settings.data_checksums !== 'on')
      findings.push(
        warn(
          'server',
          'data_checksums is off: what its disk changes by itself is not noticed',
          'turn them on with pg_checksums while the server is stopped',
        ),
      )
    return [...findings, skewOf(facts)]
  },
})

const skewOf = ({ clockAheadMs, withinMs }: ServerFacts): Finding => {
  const apart = Math.max(0, Math.abs(clockAheadMs) - withinMs)
  const says = `the server's clock is ${Math.abs(Math.round(clockAheadMs))} ms ${clockAheadMs < 0 ? 'behind' : 'ahead of'} this machine's`
  const advice = 'let NTP keep both clocks: deadlines go by those of the processes, leases by the server’s'
  if (apart > SKEW_BREAKS_MS) return fail('clock', says, advice)
  return apart > SKEW_SHOWS_MS ? warn('clock', says, advice) : ok('clock', says)
}

/** Who drives what, where processes share the tables. A task's rounds stand still where nobody does. */
export const leasesCheck = (
  snapshot: Pick<Snapshot, 'rounds'>,
  standingOf: () => Promise<Standing>,
): Check => ({
  name: 'leases',
  async run() {
    const { leases } = await standingOf()
    const unsettled = new Set<string>((await snapshot.rounds.unsettled()).map(({ task }) => task))
    return leases.flatMap(({ task, holder, leftMs }): Finding[] => {
      if (holder !== undefined && leftMs > 0)
        return [ok('leases', `${task} is driven by ${holder}, for ${seconds(leftMs)} more`)]
      if (!unsettled.has(task)) return []
      const gone = holder === undefined ? 'was let go' : `of ${holder} ran out ${seconds(-leftMs)} ago`
      return [
        warn(
          'leases',
          `the lease of ${task} ${gone}, and a round of it is not done`,
          'start a coordinator; if one runs, see its log',
        ),
      ]
    })
  },
})

const seconds = (ms: number) => `${Math.ceil(ms / 1_000)} s`

/** A round key that the own key does not open is a round whose updates nobody can read. */
export const roundKeysCheck = (
  ownKeyOf: () => Promise<{ key: Uint8Array } | undefined>,
  standingOf: () => Promise<Standing>,
): Check => ({
  name: 'keys',
  async run() {
    const ownKey = await ownKeyOf().catch(() => undefined) // `key` tells what is wrong with it
    if (!ownKey) return []
    const { roundKeys } = await standingOf()
    const shut = roundKeys.filter((key) => !opensRoundKey(ownKey.key, key))
    if (shut.length === 0)
      return [ok('keys', `${roundKeys.length} of rounds are there, and the own key opens them`)]
    return shut.map(({ round }) =>
      fail(
        'keys',
        `the own key does not open the key of ${round}`,
        'put the coordinator’s own key in its place, or abandon the round',
      ),
    )
  },
})

/** Nothing is said where blobs are files. What may be written is not tried: that is for the coordinator to find out. */
export const bucketCheck = ({ blobs }: Pick<Config, 'blobs'>, models: Pick<Blobs, 'list'>): Check => ({
  name: 'bucket',
  async run() {
    if (blobs.kind !== 's3') return []
    let first = 'it holds nothing yet'
    for await (const { digest } of models.list()) {
      first = `it holds ${digest} and perhaps more`
      break
    }
    return [
      ok('bucket', `s3://${blobs.bucket}/${blobs.prefix} can be listed: ${first}; writing was not tried`),
    ]
  },
})
