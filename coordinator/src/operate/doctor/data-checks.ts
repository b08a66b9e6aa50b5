/** What is kept: tables, rounds, blobs, the audit log. */
import type { Blobs } from '../../ports/blobs.ts'
import type { Snapshot } from '../../ports/snapshot.ts'
import { deadlineOf } from '../../round/round.ts'
import { verifyAuditLog } from '../audit-log.ts'
import { type Reference, referencesOf } from '../references.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

type Depth = 'quick' | 'full'

export const databaseCheck = (
  {
    schemaVersion,
    damage,
  }: {
    schemaVersion(): Promise<{ found: number | undefined; newest: number }>
    damage(depth: Depth): Promise<string[]>
  },
  depth: Depth,
): Check => ({
  name: 'database',
  async run() {
    const { found, newest } = await schemaVersion()
    if (found === undefined)
      return [
        fail('database', 'there is none yet', 'start the coordinator, or name its --data and --database'),
      ]
    const version =
      found === newest
        ? ok('database', `schema version ${found}, the newest`)
        : fail(
            'database',
            `schema version ${found}, this program knows ${newest}`,
            found < newest ? 'back up, then run `tributary migrate`' : 'use the newer program that wrote it',
          )
    const damaged = (await damage(depth)).map((line) =>
      fail(
        'database',
        line,
        'stop the coordinator, keep a copy of the folder, and restore the newest backup',
      ),
    )
    return [version, ...damaged]
  },
})

/** A deadline this long gone is one that nobody acted on. */
const OVERDUE_MS = 60_000

export const roundsCheck = (snapshot: Pick<Snapshot, 'rounds'>, now: number): Check => ({
  name: 'rounds',
  async run() {
    const unsettled = await snapshot.rounds.unsettled()
    const overdue = unsettled.filter((round) => (deadlineOf(round) ?? now) < now - OVERDUE_MS)
    if (overdue.length === 0) return [ok('rounds', `${unsettled.length} open or not yet settled`)]
    return overdue.map(({ id, phase }) =>
      warn(
        'rounds',
        `${id} is ${phase} and its deadline has passed`,
        'start the coordinator; if it runs, see its log',
      ),
    )
  },
})

const SAMPLE = 20

/** Every blob is there with its length; some, or all in depth, have the bytes of their digest. */
export const blobsCheck = (
  snapshot: Snapshot,
  models: Pick<Blobs, 'open' | 'read'>,
  depth: Depth,
): Check => ({
  name: 'blobs',
  async run() {
    const wanted = [...(await referencesOf(snapshot)).values()].filter(({ dropped }) => !dropped)
    const step = depth === 'full' ? 1 : Math.max(1, Math.ceil(wanted.length / SAMPLE))
    const findings: Finding[] = []
    for (const [i, reference] of wanted.entries()) {
      const problem = await problemOf(reference, models, i % step === 0)
      if (problem) findings.push(fail('blobs', problem, 'put its file back from a backup'))
    }
    const read = Math.ceil(wanted.length / step)
    const said = `${wanted.length} are referred to and there; ${read} were read and have their digests`
    return findings.length > 0 ? findings : [ok('blobs', said)]
  },
})

const problemOf = async (
  { digest, bytes, by }: Reference,
  models: Pick<Blobs, 'open' | 'read'>,
  whole: boolean,
): Promise<string | undefined> => {
  const named = `${digest} (${by.slice(0, 3).join(', ')})`
  const blob = await models.open(digest)
  if (!blob) return `${named} is missing`
  if (blob.bytes !== bytes) return `${named} has ${blob.bytes} bytes, not ${bytes}`
  if (!whole) return undefined
  return models.read(digest).then(
    () => undefined,
    (error: unknown) => `${named}: ${error instanceof Error ? error.message : String(error)}`,
  )
}

export const auditCheck = (snapshot: Snapshot, now: number): Check => ({
  name: 'audit',
  async run() {
    const { broken, head } = await verifyAuditLog(snapshot)
    if (broken)
      return [fail('audit', `entry ${broken.sequence} is ${broken.reason}`, 'see `tributary audit verify`')]
    const findings = [ok('audit', `${head.sequence} entries, the chain holds`)]
    const [last] = await snapshot.audit({ limit: 1, after: head.sequence - 1 })
    if (last && last.at > now + OVERDUE_MS)
      findings.push(
        warn(
          'clock',
          'the newest entry of the audit log is from the future',
          'see whether the clock was set back',
        ),
      )
    return findings
  },
})
