/** What one client moves, in virtual time: each downloads for itself, though the bytes lie once for all of them. */
import type { Bulk, ModelCache } from '@tributary/client-sdk'
import type { Digest } from '@tributary/protocols'
import type { Computing } from './computing.ts'

/** Virtual milliseconds that so many bytes take. */
export type Moves = { downloadMs(bytes: number): number; uploadMs(bytes: number): number }

/** Gives what this client has downloaded, and nothing that only others have. */
export const ownCache = (shared: ModelCache): ModelCache => {
  const held = new Set<Digest>()
  return {
    get: async (digest) => (held.has(digest) ? shared.get(digest) : undefined),
    async put(digest, bytes) {
      held.add(digest)
      await shared.put(digest, bytes)
    },
    clear: async () => held.clear(),
  }
}

export const pacedBulk = (bulk: Bulk, { downloadMs, uploadMs }: Moves, computing: Computing): Bulk => ({
  async download(ref, session, signal) {
    await pause(computing, downloadMs(ref.bytes), signal)
    return bulk.download(ref, session, signal)
  },
  async upload(upload, signal) {
    await pause(computing, uploadMs(upload.envelope.length), signal)
    return bulk.upload(upload, signal)
  },
})

const pause = async ({ after }: Computing, ms: number, signal: AbortSignal): Promise<void> => {
  if (ms > 0) await after(ms, Promise.resolve(), signal)
}
