/** `GET /api/v1/system`: how the process that answers is doing, and what it keeps. */
import * as z from 'zod'
import { Timestamp } from './time.ts'

const bytes = z.int().min(0)

export const SystemView = z.object({
  at: Timestamp,
  version: z.string(),
  node: z.string(),
  startedAt: Timestamp,
  /** Which database and blob store, in words without secrets. */
  storage: z.object({
    database: z.string(),
    blobs: z.string(),
    /** Of the database's files or schema, and of the folder's models and updates; null where it cannot be told. */
    databaseBytes: bytes.nullable(),
    modelBytes: bytes.nullable(),
    updateBytes: bytes.nullable(),
    /** Room left where the data folder is; null where nothing is kept in one. */
    freeBytes: bytes.nullable(),
  }),
  memory: z.object({ rss: bytes, heapUsed: bytes, external: bytes }),
  /** Over the last ten seconds or so, in milliseconds. */
  eventLoopDelayMs: z.object({ mean: z.number().min(0), p99: z.number().min(0), max: z.number().min(0) }),
  /** Decisions of rounds that wait to be made or saved, and uploads that are being taken in. */
  queue: z.object({ decisions: z.int().min(0), uploads: z.int().min(0) }),
  lines: z.object({ participants: z.int().min(0), admins: z.int().min(0) }),
  /** Among processes that share tables. */
  processes: z.object({ tasksDriven: z.int().min(0), others: z.int().min(0) }),
})
export type SystemView = z.infer<typeof SystemView>
