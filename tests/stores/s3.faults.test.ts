import { hash, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import {
  openS3Blobs,
  type S3Blobs,
  type S3BlobsOptions,
  StorageError,
  TooLargeError,
} from '@tributary/coordinator'
import { digestOfHash } from '@tributary/protocols/tensors'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ADDED, type Asked, failureBody, openS3Gateway, type S3Gateway, type Trouble } from './s3-gateway.ts'
import { openS3Server, type S3Server } from './s3-server.ts'

const MEBIBYTE = 1_024 * 1_024
const LIMIT = { maxBytes: 100 * MEBIBYTE }
const PATIENCE = { attempts: 3, connectMs: 2_000, answerMs: 2_000, stallMs: 300, resumptions: 2 }
const PREFIX = 'tributary/updates'

let server: S3Server
beforeAll(async () => {
  server = await openS3Server()
})
afterAll(() => server.close())

let gateway: S3Gateway
let bucket: string
let opened: S3Blobs[]
beforeEach(async () => {
  gateway = await openS3Gateway(server.url, server.own ? ADDED : 'own')
  bucket = await server.bucket()
  opened = []
})
afterEach(async () => {
  for (const blobs of opened) await blobs.close()
  await gateway.close()
})

const open = async (more: Partial<S3BlobsOptions> = {}): Promise<S3Blobs> => {
  const blobs = await openS3Blobs({
    endpoint: gateway.url,
    region: 'us-east-1',
    bucket,
    prefix: PREFIX,
    credentials: server.credentials,
    patience: PATIENCE,
    ...more,
  })
  opened.push(blobs)
  gateway.asked.length = 0
  return blobs
}

const isPut = ({ method, query }: Asked) => method === 'PUT' && !query.has('partNumber')
const isPart = ({ query }: Asked) => query.has('partNumber')
const isGet = ({ method, query }: Asked) =>
  method === 'GET' && !query.has('list-type') && !query.has('uploads')
const isList = ({ query }: Asked) => query.has('list-type')
const isCompletion = ({ method, query }: Asked) => method === 'POST' && query.has('uploadId')
const isCopy = ({ headers }: Asked) => headers['x-amz-copy-source'] !== undefined

const happens = (which: (asked: Asked) => boolean, trouble: Trouble, times = Infinity) => {
  let left = times
  gateway.happens = (asked) => (which(asked) && left-- > 0 ? trouble : undefined)
}
const asked = (which: (asked: Asked) => boolean) => gateway.asked.filter(which).length
const staged = async () =>
  (await server.keys(bucket)).filter((key) => key.includes('/staging/')).length + gateway.uploads()
const equal = (actual: Uint8Array | undefined, expected: Uint8Array) =>
  actual !== undefined && Buffer.compare(actual, expected) === 0

describe('an upload', () => {
  const CUTS = [0, 1, 1_000, 65_536, 199_999]

  test.each(CUTS)('that is cut after %d bytes is sent again', async (afterBytes) => {
    const blobs = await open()
    const bytes = randomBytes(200_000)
    happens(isPut, { kind: 'cut-upload', afterBytes }, 1)
    const { digest } = await blobs.put(bytes)
    expect(asked(isPut)).toBe(2)
    expect(equal(await blobs.read(digest), bytes)).toBe(true)
  })

  test.each(CUTS)('that is always cut after %d bytes fails, and nothing is there', async (afterBytes) => {
    const blobs = await open()
    happens(isPut, { kind: 'cut-upload', afterBytes })
    await expect(blobs.put(randomBytes(200_000))).rejects.toThrow(/cannot be reached or does not answer/)
    expect(asked(isPut)).toBe(PATIENCE.attempts)
    expect(await server.keys(bucket)).toEqual([])
  })

  test('whose answer is lost has been kept once', async () => {
    const blobs = await open()
    const bytes = randomBytes(1_000)
    happens(isPut, { kind: 'cut-answer', afterBytes: 0 }, 1)
    const { digest } = await blobs.put(bytes)
    expect(equal(await blobs.read(digest), bytes)).toBe(true)
    expect(await server.keys(bucket)).toHaveLength(1)
  })

  test('whose bytes change on the way is turned away by the store', async () => {
    const blobs = await open()
    const changing = randomBytes(1_000)
    const putting = blobs.put(changing)
    changing.fill(7)
    await expect(putting).rejects.toThrow('BadDigest')
    expect(await server.keys(bucket)).toEqual([])
  })

  test('that the store does not answer in time is sent again', async () => {
    const blobs = await open({ patience: { ...PATIENCE, answerMs: 200 } })
    happens(isPut, { kind: 'slow', ms: 600 }, 1)
    await blobs.put(randomBytes(10))
    expect(asked(isPut)).toBe(2)
  })
})

describe('what is there already', () => {
  test('is left alone by a store with conditional puts', async () => {
    const blobs = await open()
    const bytes = randomBytes(100)
    await blobs.put(bytes)
    const [before] = await listOf(blobs)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await blobs.put(bytes)
    expect(await listOf(blobs)).toEqual([before])
  })

  test('is looked for first where a store refuses conditional puts, from the second time on', async () => {
    gateway.abilities = { conditionalPuts: 'refused', listsUploads: true }
    const blobs = await open()
    const bytes = randomBytes(100)
    await blobs.put(bytes)
    gateway.asked.length = 0
    await blobs.put(bytes)
    expect(gateway.asked.map(({ method }) => method)).toEqual(['HEAD'])
  })

  test('is written again, the same, by a store that ignores the condition', async () => {
    gateway.abilities = { conditionalPuts: 'ignored', listsUploads: true }
    const blobs = await open()
    const bytes = randomBytes(100)
    const { digest } = await blobs.put(bytes)
    await blobs.put(bytes)
    expect(equal(await blobs.read(digest), bytes)).toBe(true)
  })

  test('is no blob where it has another length, and is replaced', async () => {
    const blobs = await open()
    const bytes = randomBytes(100)
    await server.put(bucket, keyOf(digestOf(bytes)), bytes.subarray(1))
    const { digest } = await blobs.put(bytes)
    expect(equal(await blobs.read(digest), bytes)).toBe(true)
  })

  test('is found where others put it at the same moment (409)', async () => {
    const blobs = await open()
    happens(isPut, { kind: 'answer', status: 409, body: failureBody('ConditionalRequestConflict') }, 1)
    const bytes = randomBytes(100)
    const { digest } = await blobs.put(bytes)
    expect(equal(await blobs.read(digest), bytes)).toBe(true)
  })

  test('is the same for two coordinators', async () => {
    const [one, other] = [await open(), await open()]
    const bytes = randomBytes(100)
    await Promise.all([one.put(bytes), other.put(bytes)])
    const { digest } = await one.put(bytes)
    expect(equal(await other.read(digest), bytes)).toBe(true)
    await other.delete(digest)
    expect(await one.read(digest)).toBeUndefined()
  })
})

describe('a body of several parts', () => {
  const partBytes = 5 * MEBIBYTE
  const LARGE = 2 * partBytes + 12_345
  const bytes = randomBytes(LARGE)

  const keepLarge = async (blobs: S3Blobs) => {
    const body = await blobs.stage(chunks(bytes), LIMIT)
    expect(equal(await body.read(), bytes)).toBe(true)
    expect(await staged()).toBe(1)
    await body.keep()
    expect(equal(await blobs.read(body.digest), bytes)).toBe(true)
    expect(await staged()).toBe(0)
  }

  test('is staged in the bucket, can be read there, and is one blob when it is kept', async () => {
    await keepLarge(await open({ partBytes }))
    expect([asked(isPart), asked(isCopy)]).toEqual([3, 1])
  })

  test('is sent while it comes, through a buffer of one part', async () => {
    const blobs = await open({ partBytes })
    let most = 0
    const watched = async function* () {
      for (let at = 0; at < 20; at++) {
        most = Math.max(most, blobs.heldBytes())
        // What has come and is not yet a part in the bucket is in memory.
        expect(at * MEBIBYTE - asked(isPart) * partBytes).toBeLessThanOrEqual(partBytes)
        yield bytes.subarray(0, MEBIBYTE)
      }
    }
    const body = await blobs.stage(watched(), LIMIT)
    expect([most, blobs.heldBytes()]).toEqual([partBytes, 0])
    await body.discard()
    expect(await staged()).toBe(0)
  })

  test('is not copied where the blob is there', async () => {
    const blobs = await open({ partBytes })
    await keepLarge(blobs)
    gateway.asked.length = 0
    const body = await blobs.stage(chunks(bytes), LIMIT)
    await body.keep()
    expect(asked(isCopy)).toBe(0)
    expect(await staged()).toBe(0)
  })

  const steps: [string, (asked: Asked) => boolean][] = [
    ['a part', isPart],
    ['the completion', isCompletion],
    ['the copy', isCopy],
  ]
  test.each(steps)('is whole where the answer to %s is lost', async (_, which) => {
    const blobs = await open({ partBytes })
    happens(which, { kind: 'cut-answer', afterBytes: 0 }, 1)
    await keepLarge(blobs)
  })

  test.each(steps)('is whole where %s fails once', async (_, which) => {
    const blobs = await open({ partBytes })
    happens(which, { kind: 'answer', status: 500, body: failureBody('InternalError') }, 1)
    await keepLarge(blobs)
  })

  test.each(steps)('leaves nothing behind where %s always fails', async (_, which) => {
    const blobs = await open({ partBytes })
    happens(which, { kind: 'answer', status: 500, body: failureBody('InternalError') })
    const keeping = blobs.stage(chunks(bytes), LIMIT).then((body) => body.keep())
    await expect(keeping).rejects.toThrow(StorageError)
    gateway.happens = () => undefined
    expect(await server.keys(bucket)).toEqual([])
    expect([await staged(), blobs.heldBytes()]).toEqual([0, 0])
  })

  test('leaves nothing behind where its source breaks, or says more than it may', async () => {
    const blobs = await open({ partBytes })
    const broken = async function* () {
      yield* chunks(bytes)
      throw new Error('connection reset')
    }
    await expect(blobs.stage(broken(), LIMIT)).rejects.toThrow('connection reset')
    await expect(blobs.stage(chunks(bytes), { maxBytes: LARGE - 1 })).rejects.toThrow(
      new TooLargeError(LARGE - 1),
    )
    expect(await server.keys(bucket)).toEqual([])
    expect([await staged(), blobs.heldBytes()]).toEqual([0, 0])
  })
})

describe('bodies that wait to be kept', () => {
  test('share a bounded memory: one more is turned away as if the disk were full, until one goes', async () => {
    const blobs = await open({ partBytes: 5 * MEBIBYTE, memoryBytes: 40 * MEBIBYTE, memoryPatienceMs: 0 })
    const stage = () => blobs.stage(chunks(randomBytes(1_000)), LIMIT)
    const held = await Promise.all(Array.from({ length: 8 }, stage))
    await expect(stage()).rejects.toMatchObject({ name: 'StorageError', full: true })
    await held[0]?.discard()
    await held[1]?.keep()
    await (await stage()).discard()
  })
})

describe('what was staged', () => {
  const DAY_MS = 24 * 60 * 60 * 1_000
  const begun = async (blobs: S3Blobs) => {
    // One that waits to be kept, and one that will never end.
    await blobs.stage(chunks(randomBytes(10)), LIMIT)
    let reached = () => {}
    const sent = new Promise<void>((resolve) => {
      reached = resolve
    })
    const endless = async function* () {
      yield randomBytes(9 * MEBIBYTE)
      reached()
      await new Promise<void>(() => {})
    }
    blobs.stage(endless(), LIMIT).catch(() => {})
    await sent
  }

  test('by another coordinator that lives is left alone', async () => {
    await begun(await open({ holdBytes: 0 }))
    await open()
    expect(await staged()).toBe(2)
  })

  test('and neither kept nor discarded within a day goes when a coordinator starts', async () => {
    await begun(await open({ holdBytes: 0 }))
    await open({ clock: { now: () => Date.now() + DAY_MS + 1_000 } })
    expect(await staged()).toBe(0)
  })
})

describe('a download', () => {
  const bytes = randomBytes(300_000)
  const digest = digestOf(bytes)
  let blobs: S3Blobs
  beforeEach(async () => {
    blobs = await open()
    await blobs.put(bytes)
  })
  const stream = async (range?: { start: number; end: number }) => {
    const blob = await blobs.open(digest)
    if (!blob) throw new Error('the blob is there')
    return blob.stream(range)
  }

  test.each([0, 1, 65_535, 150_000, 299_999])(
    'that is cut after %d bytes goes on where it was',
    async (afterBytes) => {
      happens(isGet, { kind: 'cut-answer', afterBytes }, 1)
      expect(equal(await blobs.read(digest), bytes)).toBe(true)
      happens(isGet, { kind: 'cut-answer', afterBytes }, 1)
      expect(equal(await gathered(await stream()), bytes)).toBe(true)
      happens(isGet, { kind: 'cut-answer', afterBytes: Math.min(afterBytes, 99) }, 1)
      expect(equal(await gathered(await stream({ start: 100, end: 199 })), bytes.subarray(100, 200))).toBe(
        true,
      )
    },
  )

  test.each([0, 1_000])(
    'that is cut every time after %d bytes fails, having given nothing false',
    async (afterBytes) => {
      happens(isGet, { kind: 'cut-answer', afterBytes })
      await expect(blobs.read(digest)).rejects.toThrow('broke off 3 times')
      const came = await sofar(await stream())
      expect(came.error).toBeInstanceOf(StorageError)
      expect(equal(came.bytes, bytes.subarray(0, came.bytes.length))).toBe(true)
      expect(came.bytes.length).toBeLessThan(bytes.length)
    },
  )

  test('in which nothing comes for too long goes on, or fails in the end', async () => {
    happens(isGet, { kind: 'stall', afterBytes: 10_000 }, 1)
    expect(equal(await gathered(await stream()), bytes)).toBe(true)
    happens(isGet, { kind: 'stall', afterBytes: 10_000 })
    await expect(blobs.read(digest)).rejects.toThrow('broke off 3 times')
  })

  test('whose consumer is slow is not cut', async () => {
    const large = randomBytes(8 * MEBIBYTE)
    const ref = await blobs.put(large)
    const blob = await blobs.open(ref.digest)
    gateway.asked.length = 0
    let pieces = 0
    for await (const piece of blob?.stream() ?? []) {
      if (pieces++ % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2 * PATIENCE.stallMs))
      expect(piece.length).toBeGreaterThan(0)
    }
    expect(asked(isGet)).toBe(1)
  })

  test('of other bytes than were put fails, and is never whole', async () => {
    const change = (body: Buffer) => Buffer.concat([body.subarray(0, -1), Buffer.of((body.at(-1) ?? 0) ^ 1)])
    happens(isGet, { kind: 'change-answer', change })
    await expect(blobs.read(digest)).rejects.toThrow(`${digest} is damaged`)
    const came = await sofar(await stream())
    expect(came.error).toMatchObject({ name: 'StorageError' })
    expect(came.bytes.length).toBeLessThan(bytes.length)
  })

  test('of an object that somebody replaced fails', async () => {
    await server.put(bucket, keyOf(digest), randomBytes(bytes.length))
    await expect(blobs.read(digest)).rejects.toThrow(`${digest} is damaged`)
    const before = await stream()
    await server.put(bucket, keyOf(digest), randomBytes(10))
    await expect(gathered(before)).rejects.toThrow(`${digest} is damaged`)
    await server.put(bucket, keyOf(digest), new Uint8Array())
    await expect(blobs.read(digest)).rejects.toThrow(`${digest} is damaged`)
  })

  test('of an object that goes meanwhile fails', async () => {
    const before = await stream()
    await blobs.delete(digest)
    await expect(gathered(before)).rejects.toThrow('has been deleted')
  })

  test('of a range that is answered with other bytes fails', async () => {
    happens(isGet, { kind: 'answer', status: 200, body: 'x'.repeat(1_000) })
    await expect(gathered(await stream({ start: 0, end: 9 }))).rejects.toThrow(
      'other bytes than were asked for',
    )
  })

  test('is asked for when its first bytes are wanted, and no faster than they are taken', async () => {
    const large = await blobs.stage(chunks(randomBytes(16 * MEBIBYTE)), LIMIT)
    await large.keep()
    const blob = await blobs.open(large.digest)
    if (!blob) throw new Error('the blob is there')
    const iterator = blob.stream()[Symbol.asyncIterator]()
    expect(asked(isGet)).toBe(0)
    await iterator.next()
    const before = gateway.answered
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(gateway.answered).toBe(before)
    await iterator.return?.()
  })

  test('that is left early takes its connection along; one that is read to its end gives it back', async () => {
    const { digest: large } = await blobs.put(randomBytes(8 * MEBIBYTE))
    for (let i = 0; i < 20; i++) {
      const blob = await blobs.open(large)
      for await (const piece of blob?.stream() ?? []) {
        expect(piece.length).toBeGreaterThan(0)
        break
      }
    }
    await vi.waitFor(() => expect(gateway.connections()).toBeLessThanOrEqual(2))
    for (let i = 0; i < 20; i++) {
      await blobs.read(digest)
      await gathered(await stream({ start: 5, end: 10 }))
    }
    expect(gateway.connections()).toBeLessThanOrEqual(2)
  })
})

describe('a list', () => {
  test('of more than a page is whole', async () => {
    const blobs = await open()
    if (server.own) gateway.mostListed = 5
    const refs = await Promise.all(
      Array.from({ length: server.own ? 12 : 2_001 }, () => blobs.put(randomBytes(8))),
    )
    gateway.asked.length = 0
    const digests = (await listOf(blobs)).map((held) => held.digest)
    expect(digests.sort()).toEqual(refs.map((ref) => ref.digest).sort())
    expect(asked(isList)).toBe(3)
  })

  test('has no strangers', async () => {
    const blobs = await open()
    const { digest } = await blobs.put(randomBytes(8))
    const hex = digest.slice('sha256:'.length)
    for (const key of ['notes.txt', hex.slice(1), `${hex}0`, `deeper/${hex}`, `staging/${hex}`])
      await server.put(bucket, `${PREFIX}/${key}`, randomBytes(3))
    await server.put(bucket, `${PREFIX}-else/${hex}`, randomBytes(3))
    expect((await listOf(blobs)).map((held) => held.digest)).toEqual([digest])
  })

  test.each([
    ['ends without saying where it goes on', (text: string) => text.replace('>false<', '>true<')],
    ['says no times', (text: string) => text.replaceAll(/<LastModified>[^<]*<\/LastModified>/g, '')],
    ['is cut off in the middle', (text: string) => text.slice(0, text.length / 2)],
  ])('that %s is a failure, not a shorter list', async (_, edit) => {
    const blobs = await open()
    await blobs.put(randomBytes(8))
    happens(isList, { kind: 'change-answer', change: (body) => Buffer.from(edit(body.toString())) })
    await expect(listOf(blobs)).rejects.toThrow(StorageError)
  })

  test('whose answer stalls fails in the end', async () => {
    const blobs = await open({ patience: { ...PATIENCE, attempts: 1, answerMs: 200 } })
    happens(isList, { kind: 'stall', afterBytes: 20 })
    await expect(listOf(blobs)).rejects.toThrow('does not answer')
  })
})

describe('a failure', () => {
  test.each([
    [403, 'AccessDenied', 'may get, put, delete and list', false],
    [403, 'InvalidAccessKeyId', 'check that they are current', false],
    [403, 'RequestTimeTooSkewed', 'set both by NTP', false],
    [404, 'NoSuchBucket', 'there is no bucket', false],
    [400, 'AuthorizationHeaderMalformed', 'is in another region', false],
    [507, 'InsufficientStorage', 'no space left', true],
    [403, 'QuotaExceeded', 'no space left', true],
    [507, 'SomethingNew', 'no space left', true],
  ])('HTTP %d %s says what to do', async (status, code, advice, full) => {
    const blobs = await open()
    happens(() => true, { kind: 'answer', status, body: failureBody(code) })
    for (const act of [
      () => blobs.put(randomBytes(8)),
      () => blobs.read(digestOf('any')),
      () => blobs.delete(digestOf('any')),
      () => listOf(blobs),
    ]) {
      const error = await act().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject({ name: 'StorageError', full })
      expect(String(error)).toContain(advice)
      expect(String(error)).toContain(`${code}, HTTP ${status}, request R1`)
    }
  })

  test('of a store that is busy is tried again, so often and no more', async () => {
    const blobs = await open()
    const busy: Trouble = { kind: 'answer', status: 503, body: failureBody('SlowDown') }
    happens(isPut, busy, 2)
    await blobs.put(randomBytes(8))
    gateway.asked.length = 0
    happens(isPut, busy)
    await expect(blobs.put(randomBytes(8))).rejects.toThrow('is too busy: try again later')
    expect(asked(isPut)).toBe(PATIENCE.attempts)
  })

  test('of the way there says so when it is opened', async () => {
    await gateway.close()
    await expect(open()).rejects.toThrow(/cannot be reached.*ECONNREFUSED/)
    gateway = await openS3Gateway(server.url)
  })

  test('of a bucket that is not there says so when it is opened', async () => {
    await expect(open({ bucket: 'not-there' })).rejects.toThrow('there is no bucket not-there')
  })

  test('of credentials that are nowhere to be found says so when it is opened', async () => {
    const nowhere = { AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' }
    for (const [name, value] of Object.entries({ ...nowhere, AWS_EC2_METADATA_DISABLED: 'true' }))
      vi.stubEnv(name, value)
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined)
    const { endpoint, region } = { endpoint: gateway.url, region: 'us-east-1' }
    const opening = openS3Blobs({ endpoint, region, bucket, prefix: PREFIX, patience: PATIENCE })
    await expect(opening).rejects.toThrow(/there are no credentials: set AWS_ACCESS_KEY_ID/)
    vi.unstubAllEnvs()
  })

  test('tells no credentials, whatever the store repeats', async () => {
    const credentials = {
      accessKeyId: 'CANARYKEYID',
      secretAccessKey: 'canary-secret',
      sessionToken: 'canary-token',
    }
    gateway.abilities = { conditionalPuts: 'ignored', listsUploads: true }
    const blobs = await open({ credentials })
    const spoken: string[] = []
    const outputs = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((text) => {
        spoken.push(String(text))
        return true
      }),
    )
    const echo = ({ headers, path }: Asked) =>
      failureBody('AccessDenied', `${path} ${JSON.stringify(headers).replaceAll('"', '')} canary-secret`)
    for (const status of [400, 403, 404, 500]) {
      gateway.happens = (request) => ({
        kind: 'answer',
        status,
        body: echo(request),
      })
      for (const act of [
        () => blobs.put(randomBytes(8)),
        () => blobs.stage(chunks(randomBytes(9 * MEBIBYTE)), LIMIT),
        () => listOf(blobs),
        () => open({ credentials }),
      ]) {
        const error: unknown = await act().catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(StorageError)
        spoken.push(inspect(error, { depth: 20, showHidden: true }), String(JSON.stringify(error)))
      }
    }
    for (const output of outputs) output.mockRestore()
    expect(spoken.length).toBeGreaterThanOrEqual(32)
    expect(spoken.join('\n')).not.toMatch(/canary/i)
  })
})

describe('a bucket is not opened', () => {
  const wrong: [string, Partial<S3BlobsOptions>, string][] = [
    ['at an endpoint that is no address', { endpoint: 'store:9000' }, 'is an address such as'],
    ['at an endpoint with credentials', { endpoint: 'http://ada:canary@store' }, 'holds no credentials'],
    ['under a name that is none', { bucket: 'My Bucket' }, 'is no name of a bucket'],
    ['with a prefix that begins with a slash', { prefix: '/updates' }, 'is no prefix'],
    ['with a prefix that ends with a slash', { prefix: 'updates/' }, 'is no prefix'],
    ['with parts that S3 would not take', { partBytes: MEBIBYTE }, '5 to 8 MiB'],
  ]
  test.each(wrong)('%s', async (_, more, words) => {
    const error: unknown = await open(more).catch((reason: unknown) => reason)
    expect(String(error)).toContain(words)
    expect(inspect(error)).not.toContain('canary')
  })
})

const keyOf = (digest: string) => `${PREFIX}/${digest.slice('sha256:'.length)}`

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
}

const listOf = async (blobs: S3Blobs) => {
  const all = []
  for await (const held of blobs.list()) all.push(held)
  return all
}

const gathered = async (stream: AsyncIterable<Uint8Array>) => {
  const { bytes, error } = await sofar(stream)
  if (error !== undefined) throw error
  return bytes
}

/** What came, and why no more did. */
const sofar = async (stream: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; error?: unknown }> => {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of stream) pieces.push(piece)
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error }
  }
  return { bytes: Buffer.concat(pieces) }
}

function digestOf(bytes: Uint8Array | string) {
  return digestOfHash(hash('sha256', bytes, 'buffer'))
}
