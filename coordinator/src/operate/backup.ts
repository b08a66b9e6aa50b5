import { basename } from 'node:path'
import type { Clock } from '@tributary/protocols/runtime'
import type { BackupDraft } from '../adapters/files/backup-folder.ts'
import { CHAIN_START, verifyAudit } from '../audit/chain.ts'
import { StorageError } from '../faults/storage.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Snapshot, TableRecord } from '../ports/snapshot.ts'
import { isOpen } from '../round/round.ts'
import { type Manifest, manifestText } from './manifest.ts'
import { type Reference, referencesOf } from './references.ts'
import { lineOf, tableRecords } from './table-records.ts'

type Needs = {
  clock: Pick<Clock, 'now'>
  openSnapshot(): Promise<Snapshot>
  models: Pick<Blobs, 'open'>
  ownKey: Uint8Array
  /** The id that follows from it. */
  coordinator: string
  /** Where the backup is put together. */
  draft: BackupDraft
}

/**
 * Writes what the tables hold at one instant and the published bytes they refer to. Neither the keys of rounds nor
 * sealed updates are in it: a backup that held both would keep a client's update readable after its round (law 10).
 * Sealed with another key than that of the tables it would be no backup of theirs, and is refused.
 * What was written is removed again where it cannot be finished.
 */
export const makeBackup = async (needs: Needs): Promise<Manifest> => {
  try {
    return await fill(needs)
  } catch (error) {
    await needs.draft.discard()
    throw error
  }
}

const fill = async ({
  clock,
  openSnapshot,
  models,
  ownKey,
  coordinator,
  draft,
}: Needs): Promise<Manifest> => {
  const madeAt = clock.now()
  const snapshot = await openSnapshot()
  const tally = createTally()
  let tables: Awaited<ReturnType<BackupDraft['writeTables']>>
  let references: Map<string, Reference>
  try {
    const owner = await snapshot.identity()
    if (owner !== undefined && owner !== coordinator)
      throw new StorageError(
        `the tables are of ${owner}, and the key given is that of ${coordinator}: name the key of ${owner} with --key-file`,
      )
    tables = await draft.writeTables(tally.lines(tableRecords(snapshot)))
    references = await referencesOf(snapshot)
  } finally {
    await snapshot.close()
  }
  const blobs = await copyBlobs(references.values(), models, draft.blobs)
  const manifest = {
    schema: snapshot.schemaVersion,
    coordinator,
    madeAt,
    ...tally.outcome(),
    tables,
    blobs,
  }
  await draft.finish(manifestText(manifest, ownKey))
  return { format: 1, ...manifest }
}

/** Counts what passes, and follows the chain of the audit log. */
const createTally = () => {
  const records: Record<string, number> = {}
  let openRounds = 0
  let head = CHAIN_START
  let chain: Manifest['audit']['chain'] = 'intact'
  const count = ({ table, record }: TableRecord) => {
    records[table] = (records[table] ?? 0) + 1
    if (table === 'rounds' && isOpen(record)) openRounds++
    if (table !== 'audit') return
    if (verifyAudit([record], head).kind === 'broken') chain = 'broken'
    head = record
  }
  return {
    async *lines(stream: AsyncIterable<TableRecord>) {
      for await (const record of stream) {
        count(record)
        yield lineOf(record)
      }
    },
    outcome: () => ({ records, openRounds, audit: { sequence: head.sequence, hash: head.hash, chain } }),
  }
}

/** Copies each blob, streaming, and checks its digest on the way. */
const copyBlobs = async (
  references: Iterable<Reference>,
  from: Pick<Blobs, 'open'>,
  to: Blobs,
): Promise<Manifest['blobs']> => {
  const copied: Manifest['blobs'] = []
  const missing: Reference[] = []
  for (const reference of references) {
    const { digest, bytes, dropped } = reference
    const blob = await from.open(digest)
    if (blob) {
      await copyBlob({ digest, bytes }, blob.stream(), to)
      copied.push({ digest, bytes })
    } else if (!dropped) missing.push(reference)
  }
  if (missing.length > 0) throw new StorageError(`the blob store lacks ${missing.map(inWords).join(', ')}`)
  return copied
}

/** Takes the bytes into a blob store. Throws `StorageError` where they have not their digest. */
export const copyBlob = async (
  { digest, bytes }: { digest: string; bytes: number },
  source: AsyncIterable<Uint8Array>,
  to: Pick<Blobs, 'stage'>,
): Promise<void> => {
  const staged = await to.stage(source, { maxBytes: bytes })
  if (staged.digest !== digest) {
    await staged.discard()
    throw new StorageError(`${digest} is damaged: what lies there has the digest ${staged.digest}`)
  }
  await staged.keep()
}

const inWords = ({ digest, by }: Reference) => `${digest} (${by.slice(0, 3).join(', ')})`

/** What a backup is called in the audit log. */
export const backupName = (path: string): string => basename(path)
