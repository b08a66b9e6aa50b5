/** Bytes by digest, wherever they are. */
import type { Digest } from '@tributary/protocols'
import type { EnvelopePrimitives } from '@tributary/protocols/crypto'
import { digestOf } from '@tributary/protocols/tensors'
import type { Bulk, DownloadAnswer } from '../ports/bulk.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import { toldOnce } from './told-once.ts'

/** Rejects only when the signal aborts. */
export type LoadBlob = Bulk['download']

/**
 * From the cache, or else downloaded and cached; and once for all who want the same bytes at the same time: a round that
 * begins with a new version has the model loaded for training and for the app at once.
 */
export const createBlobLoader = ({
  bulk,
  cache,
  primitives,
  notCached = () => undefined,
}: {
  bulk: Bulk
  cache: Pick<ModelCache, 'get' | 'put'>
  /** Told of a cache that keeps nothing, once until it does again. */
  notCached?(error: unknown): void
  primitives?: Pick<EnvelopePrimitives, 'sha256'>
}): LoadBlob => {
  const attempt = toldOnce(notCached)
  return shared(async (ref, session, signal) => {
    const cached = await cache.get(ref.digest).catch(() => undefined)
    signal.throwIfAborted()
    if (cached && cached.length === ref.bytes && digestOf(cached, primitives?.sha256) === ref.digest)
      return { kind: 'received', bytes: cached }
    const answer = await bulk.download(ref, session, signal)
    // A cache that fails costs a download the next time, and nothing else.
    if (answer.kind === 'received') await attempt(() => cache.put(ref.digest, answer.bytes))
    signal.throwIfAborted()
    return answer
  })
}

type Load = { answer: Promise<DownloadAnswer>; abort: AbortController; waiting: number }

/** A load is given up when nobody waits for it any longer. */
const shared = (load: LoadBlob): LoadBlob => {
  const underWay = new Map<Digest, Load>()

  const begin = (...[ref, session]: Parameters<LoadBlob>): Load => {
    const abort = new AbortController()
    const begun = { answer: load(ref, session, abort.signal), abort, waiting: 0 }
    underWay.set(ref.digest, begun)
    const over = () => {
      if (underWay.get(ref.digest) === begun) underWay.delete(ref.digest)
    }
    begun.answer.then(over, over)
    return begun
  }

  return async (ref, session, signal) => {
    signal.throwIfAborted()
    const mine = underWay.get(ref.digest) ?? begin(ref, session, signal)
    mine.waiting += 1
    return new Promise((resolve, reject) => {
      const leave = () => {
        mine.waiting -= 1
        // Who leaves last waits for the end of the load, so that nothing is under way when all have settled.
        if (mine.waiting > 0) return reject(signal.reason)
        underWay.delete(ref.digest)
        mine.abort.abort(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      mine.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }
}
