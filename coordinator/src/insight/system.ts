import { type SystemView, timestampOf } from '@tributary/protocols/rest'
import type { Clock } from '@tributary/protocols/runtime'
import type { Host } from '../ports/host.ts'

type Needs = {
  clock: Pick<Clock, 'now'>
  host: Host
  queue(): SystemView['queue']
  lines(): SystemView['lines']
  processes(): SystemView['processes']
}

/** How the process that answers is doing, and what it keeps. */
export const readSystem = async ({ clock, host, queue, lines, processes }: Needs): Promise<SystemView> => {
  const { database, blobs } = host.storage
  const [sizes, room] = await Promise.all([host.storage.sizes(), host.storage.room()])
  return {
    at: timestampOf(clock.now()),
    version: host.version,
    node: host.node,
    startedAt: timestampOf(host.startedAt),
    storage: { database, blobs, ...sizes, freeBytes: room?.freeBytes ?? null },
    memory: host.memory(),
    eventLoopDelayMs: host.eventLoopDelayMs(),
    queue: queue(),
    lines: lines(),
    processes: processes(),
  }
}
