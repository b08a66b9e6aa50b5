import type { Clock } from '@tributary/protocols/platform'
import type { Bulk } from '../ports/bulk.ts'
import type { Endpoints } from './endpoints.ts'
import { createDownload, type Fetch } from './http-download.ts'
import { createUpload } from './http-upload.ts'

export type HttpBulkOptions = {
  endpoints: Endpoints
  clock: Clock
  /** The platform's own where it is left out. */
  fetch?: Fetch
  /** Silence after which a transfer counts as broken. */
  stallMs?: number
  /** The largest model that is downloaded. */
  maxBytes?: number
}

/** Models down and updates up over HTTP. */
export const createHttpBulk = (options: HttpBulkOptions): Bulk => {
  const { endpoints, clock, stallMs = 30_000, maxBytes = 2 ** 31 } = options
  const { fetch = (url, init) => globalThis.fetch(url, init) } = options
  return {
    download: createDownload({ endpoints, clock, fetch, stallMs, maxBytes }),
    upload: createUpload({ endpoints, clock, fetch, stallMs }),
  }
}
