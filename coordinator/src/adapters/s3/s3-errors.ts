import * as z from 'zod'
import { StorageError } from '../../faults/storage.ts'

/**
 * What is taken from an error of the SDK or the network. Its message is not: a store may repeat the headers that it was
 * sent, credentials among them.
 */
const Failure = z.object({
  name: z.string().regex(/^\w[\w.-]{0,80}$/),
  code: z
    .string()
    .regex(/^[A-Z]\w{0,60}$/)
    .optional()
    .catch(undefined),
  $metadata: z
    .object({
      httpStatusCode: z.number().optional(),
      requestId: z
        .string()
        .regex(/^[\w./=+-]{1,100}$/)
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/** One word for what went wrong: `NoSuchKey`, `SlowDown`, `ECONNREFUSED`, … `Error` where there is none. */
export const failureWord = (error: unknown): string => {
  const failure = Failure.safeParse(error)
  if (!failure.success) return 'Error'
  const { name, code } = failure.data
  return GENERIC.has(name) ? (code ?? name) : name
}

/** The status of the answer that the store gave, where it gave one. */
export const failureStatus = (error: unknown): number | undefined =>
  Failure.safeParse(error).data?.$metadata?.httpStatusCode

/** Names that say less than the code beside them. */
const GENERIC: ReadonlySet<string> = new Set(['Error', 'AggregateError', 'TypeError'])

/** Where the bucket is, for the operator to recognize. */
export type BucketAddress = { bucket: string; endpoint: string }

/** What to do about it. */
type Advice = { words: readonly string[]; status?: number; advice(address: BucketAddress): string }

const ADVICE: readonly Advice[] = [
  {
    words: ['NoSuchBucket'],
    advice: ({ bucket, endpoint }) =>
      `there is no bucket ${bucket} at ${endpoint}: create it, or name another`,
  },
  {
    words: ['RequestTimeTooSkewed', 'RequestExpired'],
    advice: ({ endpoint }) => `this machine’s clock and that of ${endpoint} differ too much: set both by NTP`,
  },
  {
    words: ['CredentialsProviderError'],
    advice: () => 'there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give a role',
  },
  {
    words: ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'],
    advice: ({ bucket }) => `the bucket ${bucket} is in another region: name that one`,
  },
  {
    words: ['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'InvalidToken'],
    status: 403,
    advice: ({ bucket, endpoint }) =>
      `${endpoint} does not let these credentials do this in ${bucket}: check that they are current and may get, put, delete and list`,
  },
  {
    words: ['SlowDown', 'ServiceUnavailable', 'RequestLimitExceeded', 'TooManyRequests'],
    status: 503,
    advice: ({ endpoint }) => `${endpoint} is too busy: try again later`,
  },
  {
    words:
      'ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ETIMEDOUT ECONNRESET EPIPE TimeoutError AbortError'.split(
        ' ',
      ),
    advice: ({ endpoint }) =>
      `${endpoint} cannot be reached or does not answer: check that it runs, and the way there`,
  },
]

/** A quota used up or a disk full, as the various stores put it; and HTTP 507. */
const FULL: ReadonlySet<string> = new Set([
  'InsufficientStorage',
  'QuotaExceeded',
  'StorageFull',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'XAdminBucketQuotaExceeded',
])

/** A failure of the store as a `StorageError` that says what was being done, and what to do about it. */
export const s3Error = (cause: unknown, doing: string, address: BucketAddress): StorageError => {
  if (cause instanceof StorageError) return cause
  const word = failureWord(cause)
  const status = failureStatus(cause)
  const full = FULL.has(word) || status === 507
  const known =
    ADVICE.find(({ words }) => words.includes(word)) ??
    ADVICE.find((advice) => status !== undefined && advice.status === status)
  const why = full
    ? `no space left in ${address.bucket}; free some, nothing that was acknowledged is lost`
    : (known?.advice(address) ?? `${address.endpoint} failed`)
  return new StorageError(`${doing}: ${why} (${saidBy(cause)})`, { cause: withoutSecrets(cause), full })
}

const saidBy = (cause: unknown): string => {
  const metadata = Failure.safeParse(cause).data?.$metadata
  const status = metadata?.httpStatusCode === undefined ? '' : `, HTTP ${metadata.httpStatusCode}`
  const request = metadata?.requestId === undefined ? '' : `, request ${metadata.requestId}`
  return `${failureWord(cause)}${status}${request}`
}

/** An error that keeps where it came from, and nothing of what was sent or answered. */
const withoutSecrets = (cause: unknown): Error => {
  const word = failureWord(cause)
  const bare = new Error(word)
  const frames =
    cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
  bare.stack = [word, ...frames].join('\n')
  return bare
}
