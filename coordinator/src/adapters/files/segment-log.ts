import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { Digest, Instant } from '@tributary/protocols'
import { errorCode, unlessMissing } from './file-errors.ts'
import type { Files, OpenFile } from './files.ts'
import type { SyncFolder } from './folder-sync.ts'
import { makeLastingFolder } from './lasting-folder.ts'
import { recordBytes, SEGMENT_ID_BYTES, writeHeader } from './segment-format.ts'
import { scanSegment } from './segment-scan.ts'
import { readAt, writeAll } from './whole-file.ts'

/** A record that is on the disk. */
export type Place = { digest: Digest; bytes: number; segment: Segment; at: number }

/** One append-only file. `unsettled`: appends begun whose outcome is open. `live`: records that nobody removed. */
export type Segment = {
  id: Uint8Array
  path: string
  file: OpenFile
  size: number
  syncedUpTo: number
  live: number
  unsettled: number
  unsynced: Unsynced[]
  syncing: boolean
  /** A sync failed, and why: what it did not cover may never reach the disk, however often it is tried again. */
  broken: { why: unknown } | undefined
}

type Unsynced = { place: Place; resolve(place: Place): void; reject(why: unknown): void }

/** `parts` are written one after the other; the first begins with room for the header. */
export type NewRecord = { digest: Digest; bytes: number; parts: readonly Uint8Array[] }

export type SegmentLog = {
  /** What the segments held when they were opened, each synced. */
  found: readonly Place[]
  /** Resolves when the record is on the disk. */
  append(record: NewRecord): Promise<Place>
  read(place: Place, start: number, length: number): Promise<Uint8Array>
  /** When each segment was last written. */
  writtenAt(): Promise<ReadonlyMap<Segment, Instant>>
  /** Gives the record up. When the last of its segment goes, so does the file. */
  remove(place: Place): Promise<void>
  /** Removes files whose records have all gone and that could not be removed then. */
  clear(): Promise<void>
  close(): Promise<void>
}

export type SegmentLogNeeds = {
  folder: string
  files: Files
  syncFolder: SyncFolder
  /** A segment that has reached this length gets no more records. */
  segmentBytes: number
}

const SUFFIX = '.segment'

/**
 * Records in append-only files. One writer takes them in turn; while a sync is on its way the next records are
 * written, and one sync then serves them all. A file is never written again after a write or sync of it failed, nor
 * by a later process, so whatever is torn stands at the end of one.
 */
export const openSegmentLog = async (needs: SegmentLogNeeds): Promise<SegmentLog> => {
  const { files, syncFolder, segmentBytes } = needs
  const folder = resolve(needs.folder)
  await makeLastingFolder(folder, files, syncFolder)
  const segments = new Set<Segment>()
  const emptied = new Set<Segment>()
  const found: Place[] = []
  const queue: { record: NewRecord; resolve(place: Place): void; reject(why: unknown): void }[] = []
  let current: Segment | undefined
  let writing = false

  const add = (id: Uint8Array, path: string, file: OpenFile, size: number): Segment => {
    const segment: Segment = {
      id,
      path,
      file,
      size,
      syncedUpTo: 0,
      live: 0,
      unsettled: 0,
      unsynced: [],
      syncing: false,
      broken: undefined,
    }
    segments.add(segment)
    return segment
  }

  const takeUp = async (name: string) => {
    const path = join(folder, name)
    const file = await files.open(path, 'r+') // not every system syncs a file that may only be read
    const id = Buffer.from(name.slice(0, -SUFFIX.length), 'hex')
    const segment = add(id, path, file, (await file.stat()).size)
    const records = await scanSegment(file, id)
    await file.sync() // what a process wrote and did not live to sync is in the system's memory alone
    for (const record of records) found.push({ ...record, segment })
    segment.live = records.length
    if (segment.live === 0) await retire(segment)
  }

  const create = async (): Promise<Segment> => {
    const id = randomBytes(SEGMENT_ID_BYTES)
    const path = join(folder, id.toString('hex') + SUFFIX)
    const segment = add(id, path, await files.open(path, 'wx+', 0o600), 0)
    try {
      await syncFolder(folder)
    } catch (error) {
      await retire(segment).catch(() => {})
      throw error
    }
    return segment
  }

  const writeQueued = async () => {
    if (writing) return
    writing = true
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { record, resolve, reject } = next
      try {
        current ??= await create()
        const segment = current
        segment.unsettled++
        const place = await write(segment, record).catch((error: unknown) => {
          leave(segment)
          settled(segment)
          throw error
        })
        segment.unsynced.push({ place, resolve, reject })
        if (segment.size >= segmentBytes) leave(segment)
        void sync(segment)
      } catch (error) {
        reject(error)
      }
    }
    writing = false
  }

  const write = async (segment: Segment, { digest, bytes, parts }: NewRecord): Promise<Place> => {
    const [first] = parts
    if (!first) throw new Error('a record begins with its header')
    writeHeader(first, segment.id, { digest, bytes, syncedUpTo: segment.syncedUpTo })
    for (const part of parts) await writeAll(segment.file, part)
    const at = segment.size + recordBytes(0)
    segment.size += recordBytes(bytes)
    if (segment.broken) throw segment.broken.why
    return { digest, bytes, segment, at }
  }

  const sync = async (segment: Segment) => {
    if (segment.syncing) return
    segment.syncing = true
    while (segment.unsynced.length > 0) {
      const group = segment.unsynced.splice(0)
      const upTo = segment.size
      try {
        await segment.file.sync()
        segment.syncedUpTo = upTo
        segment.live += group.length
        for (const { place, resolve } of group) resolve(place)
      } catch (error) {
        segment.broken = { why: error }
        leave(segment)
        group.push(...segment.unsynced.splice(0))
        for (const { reject } of group) reject(error)
      }
      for (const _ of group) settled(segment)
    }
    segment.syncing = false
  }

  const leave = (segment: Segment) => {
    if (current === segment) current = undefined
  }

  /** An append has ended; if all of its segment failed there may be nothing to keep it for. */
  const settled = (segment: Segment) => {
    segment.unsettled--
    if (idle(segment)) retire(segment).catch(() => {}) // tried again by `clear`
  }

  const idle = (segment: Segment) => segment.live === 0 && segment.unsettled === 0

  const retire = async (segment: Segment) => {
    leave(segment)
    if (segments.delete(segment)) await segment.file.close()
    emptied.add(segment)
    // Not synced: a file that comes back after a power cut holds what nothing refers to.
    await unlessMissing(files.unlink(segment.path))
    emptied.delete(segment)
  }

  const clear = async () => {
    for (const segment of [...emptied]) await retire(segment)
  }

  const writtenAt = async () => {
    const times = new Map<Segment, Instant>()
    for (const segment of [...segments]) {
      const stat = await segment.file.stat().catch((error: unknown) => {
        if (isClosed(error)) return undefined
        throw error
      })
      if (stat) times.set(segment, stat.mtimeMs)
    }
    return times
  }

  const close = async () => {
    for (const { file } of segments) await file.close()
  }

  try {
    for (const name of await files.readdir(folder)) if (isSegmentName(name)) await takeUp(name)
    await syncFolder(folder)
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
  return {
    found,
    append: (record) =>
      new Promise((resolve, reject) => {
        queue.push({ record, resolve, reject })
        void writeQueued()
      }),
    read: ({ segment, at }, start, length) => readAt(segment.file, at + start, length),
    writtenAt,
    async remove({ segment }) {
      segment.live--
      if (idle(segment)) await retire(segment)
    },
    clear,
    close,
  }
}

const isSegmentName = (name: string) => /^[0-9a-f]{32}\.segment$/.test(name)

/** Whether a read failed because its segment went meanwhile. */
export const isClosed = (error: unknown): boolean => errorCode(error) === 'EBADF'
