import { createHttpBulk, endpointsOf, FederatedClient, memoryKeyStore } from '@tributary/client-sdk'
import { restPaths } from '@tributary/protocols/rest'
import { systemClock } from '@tributary/protocols/runtime'
import { digestOf } from '@tributary/protocols/tensors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '../fleet/line-clients.ts'
import { lineTrainer } from '../fleet/line-trainer.ts'
import { beginRawRound, type RawRound } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'

let coordinator: TestCoordinator
let round: RawRound
const ELEMENTS = 200_000
beforeAll(async () => {
  coordinator = await startCoordinator()
  const tensors = [{ name: 'w', shape: [ELEMENTS], dtype: 'F32' as const }]
  round = await beginRawRound(coordinator, { tensors })
})
afterAll(async () => {
  await round[Symbol.asyncDispose]()
  await coordinator[Symbol.asyncDispose]()
})

type Exchange = { range: string | null; status: number; contentRange: string | null }

/** The platform's fetch over a bad network: bodies of blobs break off after so many bytes, one limit for each request. */
const breakingFetch = (limits: number[]) => {
  const exchanges: Exchange[] = []
  return {
    exchanges,
    async fetch(url: string, init: RequestInit): Promise<Response> {
      const response = await globalThis.fetch(url, init)
      if (!url.includes('/blobs/')) return response
      const { status, headers } = response
      const range = new Headers(init.headers).get('range')
      exchanges.push({ range, status, contentRange: headers.get('content-range') })
      const limit = limits.shift()
      if (limit === undefined || !response.body) return response
      return new Response(response.body.pipeThrough(breakingAfter(limit)), { status, headers })
    },
  }
}

const breakingAfter = (limit: number) => {
  let left = limit
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (left > 0) controller.enqueue(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) controller.error(new Error('the network went away'))
    },
  })
}

describe('[D2] a download that breaks off', () => {
  test('goes on where it was, by ranges, and is whole in the end', async () => {
    const { model, session } = round.one.invitation
    const { fetch, exchanges } = breakingFetch([300_000, 100_000, 1])
    const bulk = createHttpBulk({ endpoints: endpointsOf(coordinator.url), clock: systemClock(), fetch })
    const answer = await bulk.download(model, session, new AbortController().signal)
    if (answer.kind !== 'received') throw new Error(`the download was ${answer.kind}`)
    expect(digestOf(answer.bytes)).toBe(model.digest)
    const { bytes } = model
    expect(bytes).toBeGreaterThan(4 * ELEMENTS)
    const from = (at: number) => ({
      range: `bytes=${at}-`,
      status: 206,
      contentRange: `bytes ${at}-${bytes - 1}/${bytes}`,
    })
    expect(exchanges).toEqual([
      { range: null, status: 200, contentRange: null },
      from(300_000),
      from(400_000),
      from(400_001),
    ])
  })

  test('again and again costs a client no round', async () => {
    await coordinator.operator.createTask(lineTask({ clients: 1 }))
    const { fetch, exchanges } = breakingFetch([40, 30, 20, 10])
    const client = new FederatedClient({
      coordinator: coordinator.url,
      task: 'line',
      trainer: lineTrainer(rowsOf(1)),
      consent: 'granted',
      keys: memoryKeyStore(),
      surroundings: {
        fetch,
        bulk: createHttpBulk({ endpoints: endpointsOf(coordinator.url), clock: systemClock(), fetch }),
      },
    })
    await client.enrol(await coordinator.operator.invite(1))
    await client.join()
    await coordinator.operator.trigger('line')
    await coordinator.round('line.1', 'completed')
    expect(exchanges.filter(({ status }) => status === 206).length).toBeGreaterThan(0)
    await client.leave()
  })
})

describe('[D2] bytes under a digest never change', () => {
  const get = (headers: Record<string, string>, method = 'GET') =>
    fetch(coordinator.url + restPaths.blob(round.one.invitation.model.digest), {
      method,
      headers: { authorization: `Bearer ${round.one.invitation.session.token}`, ...headers },
    })

  test('so they bear their digest for a tag, may be kept, and are not sent to who has them', async () => {
    const { digest, bytes } = round.one.invitation.model
    const tag = `"${digest}"`
    const whole = await get({})
    expect(whole.status).toBe(200)
    expect(whole.headers.get('etag')).toBe(tag)
    expect(whole.headers.get('cache-control')).toContain('immutable')
    expect(whole.headers.get('accept-ranges')).toBe('bytes')
    expect(digestOf(new Uint8Array(await whole.arrayBuffer()))).toBe(digest)

    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await get({ 'if-none-match': known })
      expect([known, again.status, await again.text()]).toEqual([known, 304, ''])
    }
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)

    const head = await get({}, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes)])
  })

  test('so a part of them can be asked for, unless what the client has is of something else', async () => {
    const { digest, bytes } = round.one.invitation.model
    const part = await get({ range: 'bytes=10-19', 'if-range': `"${digest}"` })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes}`])
    expect((await part.arrayBuffer()).byteLength).toBe(10)
    expect((await get({ range: 'bytes=10-19', 'if-range': '"other"' })).status).toBe(200)
    const beyond = await get({ range: `bytes=${bytes}-` })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes}`])
  })
})

test('[D4] an update cannot be downloaded, by nobody, not even under its digest', async () => {
  const sealed = round.one.seal()
  expect((await round.one.submit(sealed)).status).toBe(200)
  const path = restPaths.blob(sealed.submission.envelope)
  expect((await coordinator.operator.call('GET', path)).status).toBe(404)
  const { token } = round.one.invitation.session
  const asClient = await fetch(coordinator.url + path, { headers: { authorization: `Bearer ${token}` } })
  expect(asClient.status).toBe(404)
  expect((await fetch(coordinator.url + path)).status).toBe(401)
})
