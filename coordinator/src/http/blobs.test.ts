import { Problem } from '@tributary/protocols/rest'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OpenBlob } from '../ports/blobs.ts'
import { refuse } from '../refusal.ts'
import { aBlob, aModel, aServer, digest, type TestServer } from './http.builders.ts'

const DIGEST = digest('1')
const PATH = `/api/v1/blobs/${DIGEST}`
const ETAG = `"${DIGEST}"`

let server: TestServer
let opened: number

const counted = (blob: OpenBlob): OpenBlob => ({
  bytes: blob.bytes,
  stream(range) {
    opened++
    return blob.stream(range)
  },
})

beforeEach(async () => {
  opened = 0
  const blob = counted(aBlob(10, 11, 12, 13, 14))
  server = await aServer({
    models: {
      published: async (asked) => (asked === DIGEST ? blob : refuse('not-found', 'No such blob.')),
      weights: async (_task, version) => ({ model: aModel(version), blob }),
    },
  })
})
afterEach(() => server.close())

const get = (headers: Record<string, string> = {}, method = 'GET') => server.ask(PATH, { method, headers })
const bytesOf = async (response: Response) => [...new Uint8Array(await response.arrayBuffer())]

test('a blob comes whole, named by its digest, for a private cache to keep forever', async () => {
  const response = await get()

  expect(response.status).toBe(200)
  expect(await bytesOf(response)).toEqual([10, 11, 12, 13, 14])
  expect(Object.fromEntries(response.headers)).toMatchObject({
    etag: ETAG,
    'content-type': 'application/octet-stream',
    'content-length': '5',
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  })
})

test('a broken download is taken up where it stopped', async () => {
  const response = await get({ range: 'bytes=3-', 'if-range': ETAG })

  expect(response.status).toBe(206)
  expect(response.headers.get('content-range')).toBe('bytes 3-4/5')
  expect(response.headers.get('content-length')).toBe('2')
  expect(await bytesOf(response)).toEqual([13, 14])
})

test('a download of other bytes is begun again', async () => {
  const response = await get({ range: 'bytes=3-', 'if-range': `"${digest('2')}"` })

  expect(response.status).toBe(200)
  expect(await bytesOf(response)).toHaveLength(5)
})

test('a range beyond the end is 416 and says how many bytes there are', async () => {
  const response = await get({ range: 'bytes=5-' })

  expect(response.status).toBe(416)
  expect(response.headers.get('content-range')).toBe('bytes */5')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(Problem.parse(await response.json()).about).toEqual({ bytes: 5 })
  expect(opened).toBe(0)
})

test.each([ETAG, `W/${ETAG}`, `"other", ${ETAG}`, '*'])(
  'who has it (%s) is not sent it again',
  async (tag) => {
    const response = await get({ 'if-none-match': tag })

    expect(response.status).toBe(304)
    expect(response.headers.get('etag')).toBe(ETAG)
    expect(await bytesOf(response)).toEqual([])
    expect(opened).toBe(0)
  },
)

test('who has something else is sent it', async () => {
  expect((await get({ 'if-none-match': `"${digest('2')}"` })).status).toBe(200)
})

test('HEAD tells all but the bytes, and opens nothing', async () => {
  const response = await get({ range: 'bytes=3-' }, 'HEAD')

  expect(response.status).toBe(200)
  expect(response.headers.get('content-length')).toBe('5')
  expect(response.headers.get('etag')).toBe(ETAG)
  expect(opened).toBe(0)
})

test('a blob that is not there is 404 and not kept by caches', async () => {
  const response = await server.ask(`/api/v1/blobs/${digest('9')}`)

  expect(response.status).toBe(404)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('weights are a file with the name of their task and version', async () => {
  const response = await server.ask('/api/v1/tasks/digits/models/3/weights', { token: 'tro_viewer' })

  expect(await bytesOf(response)).toHaveLength(5)
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="digits-v3.safetensors"')
  expect(response.headers.get('etag')).toBe(ETAG)
})

test('a blob that breaks off on the way does not look complete', async () => {
  await server.close()
  server = await aServer({
    models: {
      published: async () => ({
        bytes: 1_000_000,
        async *stream() {
          yield new Uint8Array(1_000)
          throw new Error('the disk went away')
        },
      }),
    },
  })

  const reading = get().then(bytesOf)

  await expect(reading).rejects.toThrow()
})
