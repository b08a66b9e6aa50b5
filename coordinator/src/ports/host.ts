/** The process a coordinator runs in, and what it keeps things in, as they are at this moment. */

/** Milliseconds by which the event loop turned late, over the last ten to twenty seconds. */
export type EventLoopDelay = { mean: number; p99: number; max: number }

/** Room on a disk, in bytes: what this user may still write, and all there is. */
export type DiskRoom = { freeBytes: number; totalBytes: number }

/** Bytes that are taken up; null where that cannot be told, or not cheaply. */
export type StorageSizes = {
  databaseBytes: number | null
  modelBytes: number | null
  updateBytes: number | null
}

export type StorageUse = {
  /** Which there are, in words without secrets. */
  database: string
  blobs: string
  sizes(): Promise<StorageSizes>
  /** Where the data folder is; null where nothing is kept in one, or it cannot be told. */
  room(): Promise<DiskRoom | null>
}

export type Host = {
  /** Of this program, and of Node. */
  version: string
  node: string
  startedAt: number
  memory(): { rss: number; heapUsed: number; external: number }
  eventLoopDelayMs(): EventLoopDelay
  /** Lines of operators that watch. */
  watchers(): number
  storage: StorageUse
}
