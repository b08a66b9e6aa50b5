import type { Files } from './files.ts'

/**
 * Syncs folders, so that names made in them last. Requests for one folder are grouped: all that arrive while a sync
 * runs share the next one, which begins after their renames. Windows cannot sync a folder; its renames go through
 * the journal of NTFS.
 */
export const folderSync = (files: Files, platform = process.platform): SyncFolder => {
  if (platform === 'win32') return async () => {}
  const turns = new Map<string, Turn>()

  const begin = (folder: string): Promise<void> => {
    const turn: Turn = { current: syncNow(files, folder), next: undefined }
    turns.set(folder, turn)
    const end = () => turns.delete(folder)
    turn.current.then(end, end)
    return turn.current
  }
  return (folder) => {
    const turn = turns.get(folder)
    if (!turn) return begin(folder)
    const again = () => begin(folder)
    turn.next ??= turn.current.then(again, again)
    return turn.next
  }
}

/** Resolves when every name made in the folder before the call is on the disk. */
export type SyncFolder = (folder: string) => Promise<void>

type Turn = { current: Promise<void>; next: Promise<void> | undefined }

const syncNow = async (files: Files, path: string): Promise<void> => {
  const folder = await files.open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
