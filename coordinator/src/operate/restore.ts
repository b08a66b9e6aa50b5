import type { Clock } from '@tributary/protocols/runtime'
import type { BackupFolder } from '../adapters/files/backup-folder.ts'
import { changesOf } from '../engine/changes.ts'
import { StorageError } from '../faults/storage.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Filling, LoadTables, TableRecord } from '../ports/snapshot.ts'
import { roundPolicy } from '../round/policy.ts'
import { isOpen } from '../round/round.ts'
import { transition } from '../round/transition.ts'
import { verifyAuditLog } from './audit-log.ts'
import { backupName, copyBlob } from './backup.ts'
import type { Manifest } from './manifest.ts'
import { referencesOf } from './references.ts'
import { recordOf } from './table-records.ts'

/** The empty place that a backup is restored into. */
export type RestoreTarget = { load: LoadTables; models: Blobs }

type Needs = {
  clock: Pick<Clock, 'now'>
  backup: BackupFolder
  manifest: Manifest
  target: RestoreTarget
}

export type Restored = { abandoned: string[]; audit: { sequence: number; hash: string } }

/**
 * Fills an empty place with what a backup holds: blobs by their digests, and then, all at once, tables as they were.
 * Rounds that were open are abandoned, for the keys and updates they would need are in no backup, and the audit log
 * says what was done. Throws where the backup is not whole; then no tables have been filled, and blobs that
 * were written are the caller's to remove.
 */
export const restoreBackup = async (needs: Needs): Promise<Restored> => {
  const { backup, manifest, target } = needs
  await requireWhole(backup, manifest)
  for (const ref of manifest.blobs) {
    const blob = await backup.blobs.open(ref.digest)
    if (blob) await copyBlob(ref, blob.stream(), target.models)
  }
  return target.load(records(backup), (filling) => finish(needs, filling))
}

const finish = async ({ clock, backup, manifest }: Needs, filling: Filling): Promise<Restored> => {
  await requireReferences(filling, manifest)
  const abandoned = await abandonOpenRounds(filling, clock)
  const { madeAt, audit } = manifest
  await filling.commit([
    { kind: 'insert-identity', coordinator: manifest.coordinator },
    {
      kind: 'append-audit',
      entry: {
        at: clock.now(),
        actor: 'command-line',
        action: 'backup.restored',
        subject: backupName(backup.path),
        detail: {
          madeAt,
          auditSequence: audit.sequence,
          auditHash: audit.hash,
          abandonedRounds: abandoned.length,
        },
      },
    },
  ])
  const { broken, head } = await verifyAuditLog(filling, audit)
  if (broken && audit.chain === 'intact')
    throw new StorageError(`the restored audit log is broken at entry ${broken.sequence}`)
  return { abandoned, audit: { sequence: head.sequence, hash: head.hash } }
}

/** Everything that the manifest names is there, and the tables are what was written. Names all that is not. */
const requireWhole = async (backup: BackupFolder, manifest: Manifest) => {
  const { bytes, digest } = await backup.sumOfTables()
  if (bytes !== manifest.tables.bytes || digest !== manifest.tables.digest)
    throw new StorageError(
      'the backup’s tables are cut short or altered: they have not the digest of the manifest',
    )
  const missing: string[] = []
  for (const ref of manifest.blobs) {
    const blob = await backup.blobs.open(ref.digest)
    if (blob?.bytes !== ref.bytes) missing.push(ref.digest)
  }
  if (missing.length > 0)
    throw new StorageError(`the backup lacks these blobs, or they are cut short: ${missing.join(', ')}`)
}

async function* records({ lines }: BackupFolder): AsyncGenerator<TableRecord> {
  let number = 0
  for await (const line of lines()) yield recordOf(line, ++number)
}

const requireReferences = async (filling: Filling, manifest: Manifest) => {
  const held = new Set<string>(manifest.blobs.map(({ digest }) => digest))
  const missing = [...(await referencesOf(filling)).values()].filter(
    ({ digest, dropped }) => !held.has(digest) && !dropped,
  )
  if (missing.length > 0)
    throw new StorageError(
      `the backup lacks what its tables refer to: ${missing.map(({ digest, by }) => `${digest} (${by[0]})`).join(', ')}`,
    )
}

/** Through the round's own transition, saved as the engine saves it; what it then owes is settled at the next start. */
const abandonOpenRounds = async (store: Filling, clock: Pick<Clock, 'now'>): Promise<string[]> => {
  const abandoned: string[] = []
  for (const round of await store.rounds.unsettled()) {
    if (!isOpen(round)) continue
    const task = await store.tasks.get(round.task)
    if (!task) throw new StorageError(`round ${round.id} has no task`)
    const at = clock.now()
    const policy = roundPolicy(task.file, await store.clients.active())
    const detail = 'it was open when the backup was made that this coordinator was restored from'
    const decision = transition(
      round,
      { type: 'abandon-requested', reason: 'restored', detail, by: 'command-line', at },
      policy,
    )
    if (decision.kind !== 'changed') continue
    await store.commit(changesOf(round, decision.round, decision.members, at))
    abandoned.push(round.id)
  }
  return abandoned
}
