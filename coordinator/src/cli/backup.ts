import { systemClock } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { draftBackup } from '../adapters/files/backup-folder.ts'
import { loadStorage } from '../config.ts'
import { StorageError } from '../faults/storage.ts'
import { backupName, makeBackup } from '../operate/backup.ts'
import type { Manifest } from '../operate/manifest.ts'
import type { AuditEntry } from '../ports/records.ts'
import { STORAGE_NOTES, STORAGE_USAGE, type StorageOptions } from '../settings/storage-settings.ts'
import { openBeside, readOwnKey } from '../storage.ts'
import { type Call, type Command, printJson } from './command.ts'

export const backupCommand: Command = {
  name: 'backup',
  summary: 'write what a coordinator keeps, running or not, to a new folder',
  usage: `tributary backup <folder> [--json] [flags]

Consistent at one instant, while the coordinator goes on. Not in it, and to be kept elsewhere: the coordinator's own key.
Not in it by law: keys of rounds and clients' sealed updates; a round that was open is abandoned by a restore.

  <folder>               where to; must not be there yet
  --json                 the manifest as JSON
${STORAGE_USAGE}
${STORAGE_NOTES}`,
  failed: 'There is no backup.',
  async run(call) {
    const { storage, isOn, operand } = loadStorage(call, {
      flags: z.object({}),
      switches: ['json'],
      operands: ['folder'],
    })
    const path = operand('folder')
    const ownKey = await readOwnKey(storage)
    if (!ownKey)
      throw new StorageError(`there is no coordinator's key at ${storage.keyFile}: is this its data folder?`)
    const manifest = await made(call, storage, path, ownKey)
    if (manifest.audit.chain === 'broken')
      call.complain('The audit log in this backup is broken: see `tributary audit verify`.\n')
    if (isOn('json')) printJson(call, { ...manifest, folder: path })
    else call.print(inWords(path, manifest, storage.keyFile))
    return 0
  },
}

const made = async (
  { complain }: Pick<Call, 'complain'>,
  storage: StorageOptions,
  path: string,
  ownKey: { key: Uint8Array; id: string },
): Promise<Manifest> => {
  const beside = await openBeside(storage)
  try {
    const clock = systemClock()
    const manifest = await makeBackup({
      ...beside,
      clock,
      ownKey: ownKey.key,
      coordinator: ownKey.id,
      draft: await draftBackup(path),
    })
    const entry: AuditEntry = {
      at: clock.now(),
      actor: 'command-line',
      action: 'backup.made',
      subject: backupName(path),
      detail: {
        auditSequence: manifest.audit.sequence,
        tables: manifest.tables.digest,
        blobs: manifest.blobs.length,
      },
    }
    await beside
      .commit([{ kind: 'append-audit', entry }])
      .catch((error: Error) =>
        complain(`The backup is whole, but the audit log does not say so: ${error.message}\n`),
      )
    return manifest
  } finally {
    await beside.close()
  }
}

const inWords = (path: string, manifest: Manifest, keyFile: string): string => {
  const records = Object.values(manifest.records).reduce((sum, count) => sum + count, 0)
  const bytes = manifest.blobs.reduce((sum, blob) => sum + blob.bytes, manifest.tables.bytes)
  return `${path} holds ${records} records and ${manifest.blobs.length} blobs of ${manifest.coordinator}, ${bytes} bytes in all.
Audit log up to ${manifest.audit.sequence}:${manifest.audit.hash}
Open rounds, which a restore abandons: ${manifest.openRounds}
Not in it: the coordinator's own key. Keep a copy of ${keyFile} somewhere else.
`
}
