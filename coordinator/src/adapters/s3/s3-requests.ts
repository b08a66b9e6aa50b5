import type { S3Client } from '@aws-sdk/client-s3'
import type { Digest } from '@tributary/protocols'
import { type BucketAddress, failureStatus, failureWord, s3Error } from './s3-errors.ts'

/** How requests to one bucket are made. */
export type S3Requests = {
  client: S3Client
  address: BucketAddress
  /** Runs it, and turns whatever is thrown into a `StorageError` that says what was being done. */
  asking<T>(doing: string, ask: () => Promise<T>): Promise<T>
  /** How long an answer may take to begin, where so much is sent along. */
  answerWithin(bytes?: number): { requestTimeout: number }
  /** The same, and how long all of it may take, every try and the answer's body included. */
  doneWithin(bytes?: number): { requestTimeout: number; abortSignal: AbortSignal }
}

/** The slowest rate at which bytes count as coming along, at either end or within the store. */
const SLOWEST_BYTES_PER_MS = 50

export type S3RequestNeeds = Pick<S3Requests, 'client' | 'address'> & { answerMs: number; attempts: number }

export const s3Requests = ({ client, address, answerMs, attempts }: S3RequestNeeds): S3Requests => {
  const tryMs = (bytes: number) => answerMs + Math.ceil(bytes / SLOWEST_BYTES_PER_MS)
  return {
    client,
    address,
    async asking(doing, ask) {
      try {
        return await ask()
      } catch (cause) {
        throw s3Error(cause, doing, address)
      }
    },
    answerWithin: (bytes = 0) => ({ requestTimeout: tryMs(bytes) }),
    doneWithin: (bytes = 0) => ({
      requestTimeout: tryMs(bytes),
      abortSignal: AbortSignal.timeout((attempts + 1) * tryMs(bytes)),
    }),
  }
}

/** Answers `undefined` where there is no such object; a bucket that is not there is a failure. */
export const unlessMissing = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ask()
  } catch (error) {
    if (failureStatus(error) === 404 && failureWord(error) !== 'NoSuchBucket') return undefined
    throw error
  }
}

/** A digest as S3 puts it in a checksum. */
export const base64Of = (digest: Digest): string =>
  Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64')
