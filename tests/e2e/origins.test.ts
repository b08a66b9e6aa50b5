import { restPaths } from '@tributary/protocols/rest'
import { afterEach, describe, expect, test } from 'vitest'
import { openBareLine } from '../fleet/bare-line.ts'
import { enrolRawClient } from '../fleet/raw-client.ts'
import { beginRawRound } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'

let coordinator: TestCoordinator
afterEach(() => coordinator[Symbol.asyncDispose]())

const APP = 'https://app.example'
const ELSEWHERE = 'https://elsewhere.example'

/** What a browser asks before an upload of a page of this origin. */
const preflight = (origin: string) =>
  fetch(`${coordinator.url}/api/v1/tasks/digits/rounds/1/updates/c-${'0'.repeat(32)}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,content-type,tributary-submission',
    },
  })

/** Whether a browser would show a page of this origin the answer. */
const shownTo = async (origin: string) => {
  const answer = await fetch(coordinator.url + restPaths.clients, { method: 'POST', headers: { origin } })
  await answer.arrayBuffer()
  const allowed = answer.headers.get('access-control-allow-origin')
  return allowed === '*' || allowed === origin
}

const lineFrom = async (origin?: string) => {
  const line = openBareLine(coordinator.url, origin ? { origin } : {})
  const outcome = await Promise.race([
    line.next('challenge').then(() => 'challenged'),
    line.ended.then(() => 'refused'),
  ])
  line.close()
  return outcome
}

describe('a page of another origin', () => {
  test('is served nothing unless it is said to be', async () => {
    coordinator = await startCoordinator()
    expect(await shownTo(APP)).toBe(false)
    expect((await preflight(APP)).headers.get('access-control-allow-origin')).toBeNull()
    expect(await lineFrom(APP)).toBe('refused')
  })

  test('is served where it is named, and no other is', async () => {
    coordinator = await startCoordinator({ cors: { kind: 'origins', origins: [APP] } })
    expect(await shownTo(APP)).toBe(true)
    expect(await shownTo(ELSEWHERE)).toBe(false)
    const asked = await preflight(APP)
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe(APP)
    expect(asked.headers.get('access-control-allow-methods')).toContain('PUT')
    for (const name of ['authorization', 'content-type', 'tributary-submission'])
      expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(name)
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
    expect((await preflight(ELSEWHERE)).headers.get('access-control-allow-origin')).not.toBe(ELSEWHERE)
    expect(await lineFrom(APP)).toBe('challenged')
    expect(await lineFrom(ELSEWHERE)).toBe('refused')
  })

  test('is served whatever it is where all are', async () => {
    coordinator = await startCoordinator({ cors: { kind: 'any' } })
    expect(await shownTo(ELSEWHERE)).toBe(true)
    expect((await preflight(ELSEWHERE)).headers.get('access-control-allow-origin')).toBe('*')
    expect(await lineFrom(ELSEWHERE)).toBe('challenged')
  })
})

test('the coordinator’s own pages, and clients that are no pages, need not be named', async () => {
  coordinator = await startCoordinator()
  expect(await lineFrom()).toBe('challenged')
  expect(await lineFrom(coordinator.url)).toBe('challenged')
  await using round = await beginRawRound(coordinator)
  await enrolRawClient(coordinator.url, await coordinator.operator.invite(1))
  await round.completes()
})
