import type { Digest } from '@tributary/protocols'
import type { Bulk, DownloadAnswer } from '../ports/bulk.ts'

type Download = { answer: Promise<DownloadAnswer>; abort: AbortController; waiting: number }

/**
 * One transfer for all who want the same bytes at the same time: a round that begins with a new version has the model
 * fetched for training and for the app at once. It is given up when nobody waits for it any longer.
 */
export const shareDownloads = (download: Bulk['download']): Bulk['download'] => {
  const underWay = new Map<Digest, Download>()

  const begin: (...asked: Parameters<Bulk['download']>) => Download = (ref, session) => {
    const abort = new AbortController()
    const begun = { answer: download(ref, session, abort.signal), abort, waiting: 0 }
    underWay.set(ref.digest, begun)
    const over = () => {
      if (underWay.get(ref.digest) === begun) underWay.delete(ref.digest)
    }
    begun.answer.then(over, over)
    return begun
  }

  return (ref, session, signal) => {
    signal.throwIfAborted()
    const shared = underWay.get(ref.digest) ?? begin(ref, session, signal)
    shared.waiting += 1
    return new Promise((resolve, reject) => {
      const leave = () => {
        shared.waiting -= 1
        // Who leaves last waits for the end of the transfer, so that nothing is under way when all have settled.
        if (shared.waiting > 0) return reject(signal.reason)
        underWay.delete(ref.digest)
        shared.abort.abort(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      shared.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }
}
