import type { Digest, Instant } from '@tributary/protocols'

export type BlobRef = { digest: Digest; bytes: number }

/**
 * `keptAt`: when its bytes were last written, in the time of wherever they are kept, to the second or better. Where
 * blobs share a file it is that of the last of them, so a blob may be older than it says. Bytes that are put or kept
 * again stay as old as they are.
 */
export type HeldBlob = BlobRef & { keptAt: Instant }

/** Immutable bytes under their SHA-256. Contract: `coordinator/src/adapters/contracts/blobs-contract.ts`. */
export type Blobs = {
  /** Keeps the bytes; they are durable when it resolves. Bytes that are there already are left as they are. */
  put(bytes: Uint8Array): Promise<BlobRef>
  /**
   * Takes a stream in without holding it in memory, digesting on the way. Nothing can be read under its digest
   * before `keep`. Throws `TooLargeError` at the first byte beyond `maxBytes`, and leaves nothing behind when it throws.
   */
  stage(source: AsyncIterable<Uint8Array>, limit: { maxBytes: number }): Promise<StagedBlob>
  /** All bytes, or `undefined` where there are none. Throws `StorageError` when they no longer match their digest. */
  read(digest: Digest): Promise<Uint8Array | undefined>
  /** The length, and a stream of bytes `start` to `end` (inclusive) opened on demand. */
  open(digest: Digest): Promise<OpenBlob | undefined>
  /** Every blob held, once each, in no particular order; of what comes or goes meanwhile, some. */
  list(): AsyncIterable<HeldBlob>
  /** Removes it; harmless when it is not there. */
  delete(digest: Digest): Promise<void>
}

export type StagedBlob = BlobRef & {
  /** The staged bytes. */
  read(): Promise<Uint8Array>
  /** Makes it durable under its digest. */
  keep(): Promise<void>
  /** Throws it away; harmless after `keep`. */
  discard(): Promise<void>
}

export type OpenBlob = {
  bytes: number
  stream(range?: { start: number; end: number }): AsyncIterable<Uint8Array>
}
