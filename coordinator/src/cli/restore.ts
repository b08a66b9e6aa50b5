import { systemClock } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { openBackup } from '../adapters/files/backup-folder.ts'
import { loadStorage } from '../config.ts'
import { StorageError } from '../faults/storage.ts'
import { readManifest } from '../operate/manifest.ts'
import { restoreBackup } from '../operate/restore.ts'
import { STORAGE_NOTES, STORAGE_USAGE } from '../settings/storage-settings.ts'
import { draftRestore } from '../storage/restore-draft.ts'
import { readOwnKey, schemaVersionOf } from '../storage.ts'
import { type Command, printJson } from './command.ts'

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'make a data folder of a backup',
  usage: `tributary restore <backup> [--key-file FILE] [--json] [flags]

Into a data folder that is not there yet, or empty. Every byte is checked; what is not whole is not restored.
With --key-file, the copy of the coordinator's own key, it is also checked that the key and the backup belong together;
put the key in its place, coordinator.key in the data folder with mode 600, before the coordinator is started.

  <backup>               the folder that \`tributary backup\` made
  --json                 what was restored as JSON
${STORAGE_USAGE}
${STORAGE_NOTES}`,
  failed: 'Nothing was restored.',
  async run(call) {
    const { storage, isOn, operand } = loadStorage(call, {
      flags: z.object({}),
      switches: ['json'],
      operands: ['backup'],
    })
    const backup = await openBackup(operand('backup'))
    const ownKey = await readOwnKey(storage)
    const { newest } = await schemaVersionOf(storage)
    const manifest = readManifest(backup.manifest, { newestSchema: newest, ownKey })
    const target = await draftRestore(storage)
    try {
      const restored = await restoreBackup({ clock: systemClock(), backup, manifest, target })
      await target.publish()
      const { coordinator, madeAt } = manifest
      if (isOn('json'))
        printJson(call, {
          folder: storage.folder,
          coordinator,
          madeAt,
          key: ownKey ? 'fits' : 'missing',
          ...restored,
        })
      else
        call.print(`${storage.folder} is ${coordinator} as it was at ${new Date(madeAt).toISOString()}.
Rounds that were open, abandoned: ${restored.abandoned.length === 0 ? 'none' : restored.abandoned.join(', ')}
Audit log up to ${restored.audit.sequence}:${restored.audit.hash}
${ownKey ? `The key ${storage.keyFile} fits.` : `Next: put the coordinator's own key at ${storage.keyFile}, with mode 600. Without it the coordinator does not start.`}
`)
      return 0
    } catch (error) {
      // What may be there, whole, must not lose its blobs.
      if (!(error instanceof StorageError && error.uncertain)) await target.discard()
      throw error
    }
  },
}
