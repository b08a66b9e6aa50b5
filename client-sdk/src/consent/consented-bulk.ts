import type { Bulk } from '../ports/bulk.ts'
import type { ConsentBook } from './consent.ts'

/** As this bulk, and no update is uploaded but by consent as it is kept at that moment: uploads reject with `no-consent`. */
export const consentedBulk = (bulk: Bulk, consent: Pick<ConsentBook, 'require'>): Bulk => ({
  download: (...asked) => bulk.download(...asked),
  async upload(update, signal) {
    await consent.require()
    signal.throwIfAborted()
    return bulk.upload(update, signal)
  },
})
