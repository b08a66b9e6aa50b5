import { ClientPage, ClientRoundPage, ClientView, type Problem } from '@tributary/protocols/rest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aClient, anInvited, aReceived, aRoundId } from '../adapters/contracts/arrange.ts'
import { aClientId, aRoundThatEnded, aTaskWithModel, aWatchedCoordinator } from './insight.builders.ts'

let watched: Awaited<ReturnType<typeof aWatchedCoordinator>>
beforeEach(async () => {
  watched = await aWatchedCoordinator()
})
afterEach(() => watched[Symbol.asyncDispose]())

const numberOf = ({ id }: { id: string }) => Number.parseInt(id.slice(2), 16)
const clientsAt = async (query: string) => ClientPage.parse((await watched.read(`/clients?${query}`)).body)

/** All pages, one after the other. */
const everyone = async (query: string) => {
  const found: number[] = []
  for (let cursor: string | null = '', pages = 0; cursor !== null; pages++) {
    if (pages > 50) throw new Error('the pages do not end')
    const page: ClientPage = await clientsAt(`${query}${cursor && `&cursor=${cursor}`}`)
    found.push(...page.items.map(numberOf))
    cursor = page.nextCursor
  }
  return found
}

describe('the fleet', () => {
  beforeEach(async () => {
    await watched.enrol(12)
    await watched.commit({ kind: 'save-client', client: aClient(5, { status: 'revoked' }) })
    watched.join(aClientId(11), 'words', 'digits')
    for (const index of [2, 3, 7]) watched.join(aClientId(index))
  })

  test('is listed with where each client is', async () => {
    const { items } = await clientsAt('limit=200')
    expect(items.map(numberOf)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(items[11]).toMatchObject({ online: true, waitingFor: ['digits', 'words'] })
    expect(items[2]).toMatchObject({ online: true, waitingFor: [] })
    expect(items[5]).toMatchObject({ online: false, waitingFor: [], status: 'revoked' })
  })

  test.each([
    ['', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['online=true', [2, 3, 7, 11]],
    ['online=false', [0, 1, 4, 5, 6, 8, 9, 10]],
    ['status=revoked', [5]],
    ['status=active&online=false', [0, 1, 4, 6, 8, 9, 10]],
    ['status=revoked&online=true', []],
    [`search=${'0'.repeat(31)}b`, [11]],
    [`search=c-${'0'.repeat(31)}&online=true`, [2, 3, 7, 11]],
    ['search=c-', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['search=f', []],
    ['search=f&online=false', []],
  ])('of %j gives each client once, in order, however long the pages are', async (query, expected) => {
    for (const limit of [1, 2, 3, 200]) expect(await everyone(`limit=${limit}&${query}`)).toEqual(expected)
  })

  test('who is online and vanishes between two pages is on neither, and nobody else is left out', async () => {
    const page = await clientsAt('limit=2&online=true')
    expect(page.items.map(numberOf)).toEqual([2, 3])
    watched.presence.drop(watched.join(aClientId(3)))
    watched.presence.drop(watched.join(aClientId(7)))
    const next = await clientsAt(`limit=2&online=true&cursor=${page.nextCursor}`)
    expect(next).toMatchObject({ items: [{ id: aClientId(11) }], nextCursor: null })
  })

  test.each([
    ['limit=201', 'query.limit'],
    ['limit=0', 'query.limit'],
    ['limit=ten', 'query.limit'],
    ['online=yes', 'query.online'],
    ['status=gone', 'query.status'],
    ['search=%25', 'query.search'],
    [`search=${'a'.repeat(33)}`, 'query.search'],
    ["search=c-' or 1=1", 'query.search'],
    ['colour=blue', 'query.colour'],
    ['cursor=bm90IGpzb24', 'query.cursor'],
    ['cursor=%F0%9F', 'query.cursor'],
  ])('a query of %s is a mistake at its place', async (query, path) => {
    const { status, body } = await watched.read(`/clients?${query}`)
    const problem: Problem = body
    expect({ status, paths: problem.mistakes?.map((mistake) => mistake.path) }).toEqual({
      status: 400,
      paths: [path],
    })
  })

  test('one client says where it is', async () => {
    const { body } = await watched.read(`/clients/${aClientId(11)}`)
    expect(ClientView.parse(body)).toMatchObject({ online: true, waitingFor: ['digits', 'words'] })
    expect((await watched.read(`/clients/${aClientId(99)}`)).status).toBe(404)
    expect((await watched.read('/clients/c-11')).status).toBe(400)
  })

  test('a page of many clients is one read of the tables', async () => {
    await watched.commit(
      ...Array.from({ length: 2_000 }, (_, index) => ({
        kind: 'insert-client' as const,
        client: aClient(100 + index),
      })),
    )
    expect((await everyone('limit=200&status=active')).length).toBe(2_011)
  })
})

describe('what a client did', () => {
  const historyAt = (query = '', index = 1) => watched.read(`/clients/${aClientId(index)}/rounds?${query}`)

  beforeEach(async () => {
    await watched.enrol(3)
    await watched.commit(...aTaskWithModel('digits'), ...aTaskWithModel('letters'))
    for (const number of [1, 2, 3]) {
      const round = aRoundId('digits', number)
      const members = [number === 2 ? anInvited(1, round) : aReceived(1, round), anInvited(2, round)]
      await watched.commit(...aRoundThatEnded('digits', number, { phase: 'abandoned', members }))
    }
    await watched.commit(
      ...aRoundThatEnded('letters', 1, {
        phase: 'abandoned',
        members: [aReceived(2, aRoundId('letters', 1))],
      }),
    )
  })

  test('comes newest first, page by page', async () => {
    const first = ClientRoundPage.parse((await historyAt('limit=2')).body)
    expect(first.items).toMatchObject([
      { task: 'digits', number: 3, outcome: 'abandoned', member: { status: 'received', bytes: 400_000 } },
      {
        task: 'digits',
        number: 2,
        outcome: 'abandoned',
        member: { status: 'invited', client: aClientId(1) },
      },
    ])
    const second = ClientRoundPage.parse((await historyAt(`limit=2&cursor=${first.nextCursor}`)).body)
    expect(second).toMatchObject({ items: [{ number: 1 }], nextCursor: null })
    expect((await historyAt('', 0)).body).toEqual({ items: [], nextCursor: null })
  })

  test('is of nobody for a client that is not there', async () => {
    expect(await historyAt('', 99)).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('c-') },
    })
  })

  test('a cursor of another list, or of a round that the client was not of, is a mistake', async () => {
    for (const key of ['"digits.99"', '"letters.1"', '3', '"digits"', 'null']) {
      const { status, body } = await historyAt(`cursor=${Buffer.from(key).toString('base64url')}`)
      expect({ key, status, body }).toMatchObject({
        status: 400,
        body: { mistakes: [{ path: 'query.cursor' }] },
      })
    }
    expect((await historyAt('limit=1000')).status).toBe(400)
  })
})
