import { S3Client } from '@aws-sdk/client-s3'
import { Digest } from '@tributary/protocols'
import { type Clock, systemClock } from '@tributary/protocols/runtime'
import { StorageError } from '../../faults/storage.ts'
import type { BlobRef, Blobs } from '../../ports/blobs.ts'
import { checkedRange } from '../blob-range.ts'
import { nativeDigestOf } from '../native-digest.ts'
import { createUploadMemory } from '../upload-memory.ts'
import { type Answer, MOST_COPIED_BYTES, type S3Bucket, s3Bucket } from './s3-bucket.ts'
import { s3Error } from './s3-errors.ts'
import { s3Requests } from './s3-requests.ts'
import { type StageNeeds, stageBlob, sweepStaging } from './s3-stage.ts'
import { objectBytes, type Patience } from './s3-stream.ts'

export type S3BlobsOptions = {
  /** Where the store answers: `https://s3.example`. Amazon’s own for the region where it is not given. */
  endpoint?: string
  region: string
  /** Made by whoever runs the store, not here. Not versioned: what is deleted must be gone. */
  bucket: string
  /** Keys are `<prefix>/<64 hex digits>` and `<prefix>/staging/<random>`; `''` for none. One `Blobs` a prefix, none within another. */
  prefix: string
  /** Where they are not given, as the SDK finds them: the AWS_* variables, its files, the machine’s role. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  /** `https://host/bucket/key` rather than `https://bucket.host/key`. Unless told otherwise, where an endpoint is given. */
  forcePathStyle?: boolean
  patience?: Partial<S3Patience>
  /** Bodies that come in or wait to be kept take at most so much memory together: at least eight times `partBytes`. */
  memoryBytes?: number
  /** How long a body waits for memory before it is turned away. */
  memoryPatienceMs?: number
  /** How much of a body is held in memory: 5 to 8 MiB, in steps of 64 KiB. */
  partBytes?: number
  /** Bodies up to this stay in memory until they are kept; longer ones are staged in the bucket. */
  holdBytes?: number
  /** What was staged so long ago and is still there was left by a process that died. */
  staleMs?: number
  clock?: Pick<Clock, 'now'>
}

export type S3Patience = Patience & {
  /** How often a request is sent that the store fails to answer or turns away as busy, with growing pauses between. */
  attempts: number
  connectMs: number
  /** How long an answer may take to begin; longer for what sends a body. */
  answerMs: number
}

export type S3Blobs = Blobs & {
  /** How much memory is taken by bodies that come in or wait to be kept. */
  heldBytes(): number
  /** Ends the connections. */
  close(): Promise<void>
}

const MEBIBYTE = 1_024 * 1_024
const LEAST_PART_BYTES = 5 * MEBIBYTE
const MOST_PART_BYTES = 8 * MEBIBYTE
const PART_STEP_BYTES = 64 * 1_024
const DAY_MS = 24 * 60 * 60 * 1_000

const PATIENCE: S3Patience = {
  attempts: 5,
  connectMs: 5_000,
  answerMs: 30_000,
  stallMs: 30_000,
  resumptions: 4,
}

/**
 * Blobs in a bucket of an S3-compatible store, shared by any number of coordinators. A blob appears whole or not at all;
 * once `put` or `keep` has resolved, the store has acknowledged it, and it lasts as long as the store promises.
 *
 * A put asks the store to leave alone what is there (`If-None-Match`). A store that ignores that writes the same bytes
 * again, which is harmless but for their age; one that refuses the question (501) is asked beforehand instead.
 *
 * A body up to `holdBytes` (8 MiB) waits in memory to be kept; a longer one is staged in the bucket, which takes at most
 * 5 GiB. What a process that died had staged is removed when a store is opened later than `staleMs` after.
 *
 * Throws a `StorageError` with what to do where the bucket cannot be used. Credentials appear in no error.
 */
export const openS3Blobs = async (options: S3BlobsOptions): Promise<S3Blobs> => {
  const { bucket: name, region, credentials, clock = systemClock(), staleMs = DAY_MS } = options
  const { partBytes = MOST_PART_BYTES } = options
  const prefix = checkedPrefix(options.prefix)
  const endpoint = checkedEndpoint(options.endpoint)
  const address = { bucket: checkedBucket(name), endpoint: endpoint ?? `Amazon S3 in ${region}` }
  if (partBytes < LEAST_PART_BYTES || partBytes > MOST_PART_BYTES || partBytes % PART_STEP_BYTES !== 0)
    throw new RangeError(`a part has 5 to 8 MiB in steps of 64 KiB, not ${partBytes} bytes`)
  const patience = { ...PATIENCE, ...options.patience }
  const memory = createUploadMemory({
    mostBytes: options.memoryBytes ?? 16 * MOST_PART_BYTES,
    patienceMs: options.memoryPatienceMs ?? 30_000,
  })

  const client = new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    maxAttempts: patience.attempts,
    // Each blob is checked against its own SHA-256, which also goes with it as the store's checksum.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It would open a connection of its own for every body.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: patience.connectMs,
      requestTimeout: patience.answerMs,
      throwOnRequestTimeout: true,
      // Whoever downloads slowly must not look like a store that stalls: `stallMs` tells them apart.
      socketTimeout: 0,
      httpAgent: { maxSockets: MOST_SOCKETS },
      httpsAgent: { maxSockets: MOST_SOCKETS },
    },
    logger: SILENT,
  })
  try {
    const bucket = s3Bucket(s3Requests({ client, address, ...patience }))
    const needs = {
      bucket,
      staging: `${prefix}staging/`,
      memory,
      partBytes,
      holdBytes: options.holdBytes ?? partBytes,
    }
    await sweepStaging(needs, clock, staleMs)
    return {
      ...blobsIn(needs, prefix, patience),
      heldBytes: () => memory.taken().leased,
      close: async () => client.destroy(),
    }
  } catch (cause) {
    client.destroy()
    throw s3Error(cause, `opening the bucket ${name}`, address)
  }
}

const MOST_SOCKETS = 500

const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

type Needs = Pick<StageNeeds, 'bucket' | 'staging' | 'memory' | 'partBytes' | 'holdBytes'>

const blobsIn = (needs: Needs, prefix: string, patience: Patience): Blobs => {
  const { bucket } = needs
  const keyOf = ({ digest }: Pick<BlobRef, 'digest'>) => prefix + digest.slice(DIGEST_PREFIX.length)

  const put = async (ref: BlobRef, bytes: Uint8Array) => {
    if (bytes.length > MOST_COPIED_BYTES)
      throw new StorageError(
        `keeping ${ref.digest}: the store keeps at most ${MOST_COPIED_BYTES} bytes as one`,
      )
    await bucket.put(keyOf(ref), bytes, ref.digest)
  }
  const read = async (digest: Digest, key: string): Promise<Uint8Array | undefined> => {
    const answer = await bucket.get(key)
    return answer && wholeOf(bucket, { key, digest, answer }, patience)
  }
  const stageNeeds: StageNeeds = {
    ...needs,
    put,
    keyOf,
    async place(ref, staged) {
      if ((await bucket.size(keyOf(ref))) !== ref.bytes) await bucket.copy(staged, keyOf(ref), ref)
    },
    async read({ digest }, key) {
      const bytes = await read(digest, key)
      if (!bytes) throw new StorageError(`${digest} has been deleted`)
      return bytes
    },
  }
  return {
    async put(bytes) {
      const ref = { digest: nativeDigestOf(bytes), bytes: bytes.length }
      await put(ref, bytes)
      return ref
    },
    stage: (source, { maxBytes }) => stageBlob(stageNeeds, source, maxBytes),
    read: (digest) => read(digest, keyOf({ digest })),
    async open(digest) {
      const key = keyOf({ digest })
      const bytes = await bucket.size(key)
      if (bytes === undefined) return undefined
      return {
        bytes,
        stream: (range) =>
          objectBytes(bucket, { key, digest, bytes, ...checkedRange(bytes, range) }, patience),
      }
    },
    async *list() {
      for await (const { key, bytes, keptAt } of bucket.list(prefix)) {
        const digest = Digest.safeParse(DIGEST_PREFIX + key.slice(prefix.length))
        if (digest.success) yield { digest: digest.data, bytes, keptAt }
      }
    },
    delete: (digest) => bucket.remove(keyOf({ digest })),
  }
}

const DIGEST_PREFIX = 'sha256:'

const wholeOf = async (
  bucket: Pick<S3Bucket, 'get'>,
  { key, digest, answer }: { key: string; digest: Digest; answer: Answer },
  patience: Patience,
): Promise<Uint8Array> => {
  const { bytes } = answer
  const whole = new Uint8Array(bytes)
  let at = 0
  for await (const piece of objectBytes(
    bucket,
    { key, digest, bytes, start: 0, length: bytes, first: answer },
    patience,
  )) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

const checkedEndpoint = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new TypeError('the endpoint of an S3-compatible store is an address such as https://s3.example')
  if (url.username !== '' || url.password !== '')
    throw new TypeError(
      'the endpoint of an S3-compatible store holds no credentials: give them apart from it',
    )
  return text
}

const checkedBucket = (name: string): string => {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return name
  throw new TypeError(`${JSON.stringify(name)} is no name of a bucket: 3 to 63 of a-z, 0-9, - and .`)
}

/** With its slash. */
const checkedPrefix = (prefix: string): string => {
  if (prefix === '') return ''
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(prefix)) return `${prefix}/`
  throw new TypeError(
    `${JSON.stringify(prefix)} is no prefix of keys: names of letters, digits, _, - and ., with / between`,
  )
}
