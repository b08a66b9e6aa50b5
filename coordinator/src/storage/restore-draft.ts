/** An empty place that a backup is restored into. */
import { draftDataFolder, type RestoredFolder } from '../adapters/files/backup-folder.ts'
import type { RestoreTarget } from '../operate/restore.ts'
import type { StorageOptions } from '../settings/storage-settings.ts'
import { blobsOf } from './blob-stores.ts'
import { tablesOf } from './tables.ts'

export type RestoreDraft = RestoreTarget & {
  /** What was restored is there from here on, whole. */
  publish(): Promise<void>
  /** Removes what was written, but for blobs in a place that others may share: under their digests they do no harm. */
  discard(): Promise<void>
}

/**
 * Throws where there is something already. Blobs are written before tables. Tables in a server are there when their
 * transaction ends, and so the folder has its name before that; tables in a file are there when the folder has.
 */
export const draftRestore = async (options: StorageOptions): Promise<RestoreDraft> => {
  const inServer = options.database.kind === 'postgres'
  const folder =
    inServer && options.blobs.kind !== 'files' ? NO_FOLDER : await draftDataFolder(options.folder)
  const drafted = { ...options, folder: folder.path ?? options.folder }
  let closeBlobs = async () => {}
  try {
    const { load } = tablesOf(drafted)
    // Whether it may be filled at all is found out before anything is copied.
    if (inServer) await load(nothing(), async () => {})
    const { models, close } = await blobsOf(drafted).open()
    closeBlobs = close
    const publish = async () => {
      await closeBlobs()
      closeBlobs = async () => {}
      await folder.publish()
    }
    return {
      models,
      load: (records, finish) =>
        load(records, async (filling) => {
          const result = await finish(filling)
          if (inServer) await publish()
          return result
        }),
      publish: async () => {
        if (!inServer) await publish()
      },
      async discard() {
        await closeBlobs()
        await folder.discard()
      },
    }
  } catch (error) {
    await closeBlobs()
    await folder.discard()
    throw error
  }
}

const NO_FOLDER: Omit<RestoredFolder, 'path'> & { path: undefined } = {
  path: undefined,
  publish: async () => {},
  discard: async () => {},
}

async function* nothing() {}
