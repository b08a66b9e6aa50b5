/**
 * A backup as a folder: `manifest.json`, `tables.jsonl` and `blobs/` by digest. It is made under another name, synced,
 * and renamed when it is whole; what an interruption leaves keeps the name `….incomplete-…`.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Digest } from '@tributary/protocols'
import { digestOfHash } from '@tributary/protocols/tensors'
import { StorageError } from '../../faults/storage.ts'
import type { Blobs } from '../../ports/blobs.ts'
import { openFileBlobs } from './file-blobs.ts'
import { asFileError, unlessMissing } from './file-errors.ts'
import { type Files, nodeFiles } from './files.ts'
import { folderSync } from './folder-sync.ts'
import { makeLastingFolder } from './lasting-folder.ts'
import { readWhole, writeAll } from './whole-file.ts'

const TABLES = 'tables.jsonl'
const MANIFEST = 'manifest.json'
const UNFINISHED = '.incomplete-'

export type FileSum = { bytes: number; digest: Digest }

export type BackupDraft = {
  blobs: Blobs
  /** Writes the tables, line by line, and answers what was written. */
  writeTables(lines: AsyncIterable<string>): Promise<FileSum>
  /** Writes the manifest and gives the folder its name: from here on it is a backup. */
  finish(manifest: string): Promise<void>
  /** Removes it. */
  discard(): Promise<void>
}

/** Begins a backup at a path where nothing is yet. Every failure is a `StorageError`. */
export const draftBackup = async (path: string): Promise<BackupDraft> => {
  const files = nodeFiles
  const folder = resolve(path)
  const draft = `${folder}${UNFINISHED}${randomUUID().slice(0, 8)}`
  const syncFolder = folderSync(files)
  const doing = `writing the backup ${folder}`
  if (await unlessMissing(files.stat(folder)))
    throw new StorageError(`${folder} is there already: give the backup a name of its own`)
  await asFileError(doing, () => makeLastingFolder(draft, files, syncFolder))
  const discard = () => rm(draft, { recursive: true, force: true })
  try {
    const blobs = await openFileBlobs({ folder: join(draft, 'blobs') })
    return {
      blobs,
      discard,
      writeTables: (lines) => asFileError(doing, () => writeLines(join(draft, TABLES), lines, files)),
      finish: (manifest) =>
        asFileError(doing, async () => {
          await writeLines(join(draft, MANIFEST), [manifest], files)
          await syncFolder(draft)
          await files.rename(draft, folder)
          await syncFolder(dirname(folder))
        }),
    }
  } catch (error) {
    await discard()
    throw error
  }
}

const writeLines = async (
  path: string,
  lines: AsyncIterable<string> | Iterable<string>,
  files: Files,
): Promise<FileSum> => {
  const file = await files.open(path, 'wx+', 0o600)
  const digest = createHash('sha256')
  let bytes = 0
  let waiting = ''
  const write = async () => {
    const piece = Buffer.from(waiting)
    waiting = ''
    digest.update(piece)
    bytes += piece.length
    await writeAll(file, piece)
  }
  try {
    for await (const line of lines) {
      waiting += line
      if (waiting.length >= PIECE) await write()
    }
    await write()
    await file.sync()
  } finally {
    await file.close()
  }
  return { bytes, digest: digestOfHash(digest.digest()) }
}

const PIECE = 256 * 1_024

export type BackupFolder = {
  path: string
  manifest: string
  blobs: Blobs
  /** Reads the tables once through for what they are. */
  sumOfTables(): Promise<FileSum>
  lines(): AsyncIterable<string>
}

/** A backup that is whole, as far as its name and files tell. Throws `StorageError` where it is none. */
export const openBackup = async (path: string): Promise<BackupFolder> => {
  const folder = resolve(path)
  if (basename(folder).includes(UNFINISHED))
    throw new StorageError(`${folder} was interrupted while it was made and is no backup: remove it`)
  const manifest = await asFileError(`reading the backup ${folder}`, () =>
    unlessMissing(readWhole(nodeFiles, join(folder, MANIFEST))),
  )
  if (!manifest) throw new StorageError(`${folder} is no backup: it has no ${MANIFEST}`)
  const tables = join(folder, TABLES)
  return {
    path: folder,
    manifest: Buffer.from(manifest).toString('utf8'),
    blobs: await openFileBlobs({
      folder: join(folder, 'blobs'),
      unfinishedAfterMs: Number.POSITIVE_INFINITY,
    }),
    sumOfTables: () =>
      asFileError(`reading ${tables}`, async () => {
        const digest = createHash('sha256')
        let bytes = 0
        for await (const piece of createReadStream(tables)) {
          digest.update(piece)
          bytes += piece.length
        }
        return { bytes, digest: digestOfHash(digest.digest()) }
      }),
    lines: () => linesOf(tables),
  }
}

/** Lines end at line feeds alone: Node's readline also ends them at U+2028, which JSON leaves as it is inside a text. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of createReadStream(path, 'utf8')) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

export type RestoredFolder = {
  /** Where it is put together. */
  path: string
  /** Gives it the name it is for. */
  publish(): Promise<void>
  discard(): Promise<void>
}

/** A folder beside `path` in which a data folder is put together. Throws `StorageError` where there is something at `path`. */
export const draftDataFolder = async (path: string): Promise<RestoredFolder> => {
  const files = nodeFiles
  const folder = resolve(path)
  const syncFolder = folderSync(files)
  const there = await unlessMissing(readdir(folder))
  if (there && there.length > 0)
    throw new StorageError(
      `${folder} is not empty (it has ${there.slice(0, 3).join(', ')}): restore into a folder that is not there yet`,
    )
  const draft = `${folder}.restoring-${randomUUID().slice(0, 8)}`
  await asFileError(`restoring into ${folder}`, () => makeLastingFolder(draft, files, syncFolder))
  let at = draft
  return {
    path: draft,
    publish: () =>
      asFileError(`restoring into ${folder}`, async () => {
        await syncFolder(draft)
        await files.rename(draft, folder) // takes the place of an empty folder
        at = folder
        await syncFolder(dirname(folder))
      }),
    discard: () => rm(at, { recursive: true, force: true }),
  }
}
