import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Host, StorageUse } from '../ports/host.ts'
import type { EventLoopWatch } from './event-loop.ts'

/** This process. */
export const processHost = ({
  startedAt,
  eventLoop,
  watchers,
  storage,
}: {
  startedAt: number
  eventLoop: Pick<EventLoopWatch, 'delayMs'>
  watchers(): number
  storage: StorageUse
}): Host => ({
  version: ownVersion(),
  node: process.versions.node,
  startedAt,
  memory() {
    const { rss, heapUsed, external } = process.memoryUsage()
    return { rss, heapUsed, external }
  },
  eventLoopDelayMs: eventLoop.delayMs,
  watchers,
  storage,
})

/** As this package says; its sources and what is built of them lie as deep. */
const ownVersion = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}
