import type { Host } from '../ports/host.ts'

/** The host of a coordinator that nobody looks after: of a simulation, say, whose time is not the machine's. */
export const unseenHost = (startedAt: number): Host => ({
  version: 'unknown',
  node: 'unknown',
  startedAt,
  memory: () => ({ rss: 0, heapUsed: 0, external: 0 }),
  eventLoopDelayMs: () => ({ mean: 0, p99: 0, max: 0 }),
  watchers: () => 0,
  storage: {
    database: 'unknown',
    blobs: 'unknown',
    sizes: async () => ({ databaseBytes: null, modelBytes: null, updateBytes: null }),
    room: async () => null,
  },
})
