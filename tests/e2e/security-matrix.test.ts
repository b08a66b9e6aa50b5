/**
 * Every route, asked by everybody who may not and in every way that is wrong: each is answered with the one status that
 * says what is wrong, and nothing has changed. A route without a row in `security-matrix.rows.ts` fails.
 */
import { DatabaseSync } from 'node:sqlite'
import { Problem, problemWord, RoleName, restPaths, SessionView } from '@tributary/protocols/rest'
import { encodeSubmission, SUBMISSION_HEADER } from '@tributary/protocols/updates'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { beginRawRound, type RawRound } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { ROWS, type Row } from './security-matrix.rows.ts'

const ROLES = RoleName.options
type Role = z.infer<typeof RoleName>

let coordinator: TestCoordinator
let mine: RawRound
let others: RawRound
/** What stands for the ids in paths. */
let ids: Record<string, string>
let tokens: Record<Role | 'revoked' | 'client' | 'revoked-client', string>
let cookies: Record<Role, { cookie: string; csrf: string }>

beforeAll(async () => {
  coordinator = await startCoordinator({ limits: { perMinute: 'off', guessesPerMinute: 1_000_000 } })
  const { operator, url, services } = coordinator
  mine = await beginRawRound(coordinator)
  others = await beginRawRound(coordinator)
  const tokenOf = async (role: string, name: string) => {
    const answer = await operator.call('POST', restPaths.operatorTokens, { name, role })
    return z.object({ id: z.string(), token: z.string() }).parse(answer.body)
  }
  const [viewer, some, admin, revoked] = await Promise.all([
    tokenOf('viewer', 'viewer'),
    tokenOf('operator', 'operator'),
    tokenOf('admin', 'admin'),
    tokenOf('admin', 'revoked'),
  ])
  revoke(revoked.id)
  await operator.call('DELETE', restPaths.client(others.other.id))
  tokens = {
    viewer: viewer.token,
    operator: some.token,
    admin: admin.token,
    revoked: revoked.token,
    client: mine.one.invitation.session.token,
    'revoked-client': services.access.issueSession(others.other.id, Date.now() + 600_000).token,
  }
  const signedIn = async (role: Role) => {
    const response = await fetch(url + restPaths.session, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: tokens[role] }),
    })
    const [line = ''] = response.headers.getSetCookie()
    return { cookie: line.split(';', 1)[0] ?? '', csrf: SessionView.parse(await response.json()).csrf }
  }
  cookies = {
    viewer: await signedIn('viewer'),
    operator: await signedIn('operator'),
    admin: await signedIn('admin'),
  }
  ids = {
    task: mine.task,
    round: mine.id,
    client: mine.one.id,
    version: '1',
    digest: mine.one.invitation.model.digest,
    session: '0'.repeat(24),
    token: 'f'.repeat(24),
    webhook: `wh_${'0'.repeat(24)}`,
    delivery: `msg_${'0'.repeat(32)}`,
    'other-task': others.task,
    'other-round': others.id,
    'other-client': others.one.id,
  }
})
afterAll(async () => {
  await mine[Symbol.asyncDispose]()
  await others[Symbol.asyncDispose]()
  await coordinator[Symbol.asyncDispose]()
})

/** As an admin's `DELETE` would. */
const revoke = (id: string) => {
  const tables = new DatabaseSync(`${coordinator.folder}/tributary.sqlite`, { timeout: 5_000 })
  tables.prepare("update tokens set status = 'revoked' where id = ?").run(id)
  tables.close()
}

const pathOf = (template: string, instead: Record<string, string> = {}): string =>
  template.replace(/\{([a-z-]+)\}/g, (_, name: string) => {
    const id = instead[name] ?? ids[name]
    if (id === undefined) throw new Error(`say what stands for {${name}}`)
    return id
  })

type Asked = {
  path: string
  token?: string | undefined
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

/** The status and the reason word of an answer; no word where it is no problem. */
const ask = async (method: string, { path, token, headers, body }: Asked): Promise<string> => {
  const response = await fetch(coordinator.url + path, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body }),
  })
  expect(response.headers.get('x-content-type-options') ?? 'nosniff').toBe('nosniff')
  const text = await response.text()
  if (response.status < 400) return String(response.status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  return `${response.status} ${problemWord(Problem.parse(JSON.parse(text)))}`
}

/** JSON that is only not what was asked for. */
const READABLE = ['{"nonsense":1}', '[]', '"x"']
/** What is no JSON, and what would be more than JSON. */
const UNREADABLE = ['{"', '{"__proto__":{"role":"admin"}}']

const least = ({ who }: Row): string | undefined => {
  switch (who) {
    case 'public':
      return undefined
    case 'client':
    case 'client or viewer':
      return tokens.client
    default:
      return tokens[who]
  }
}

/** The roles that an operator needs more than. */
const below = ({ who }: Row): readonly Role[] => {
  if (who === 'client or viewer') return []
  const parsed = RoleName.safeParse(who)
  return parsed.success ? ROLES.slice(0, ROLES.indexOf(parsed.data)) : []
}

const forOperators = ({ who }: Row) => RoleName.safeParse(who).success

/** What a right request carries beside its token, so that what is wrong is the only thing that is. */
const rightly = (row: Row): Pick<Asked, 'headers' | 'body'> => {
  if (row.takes === 'json') return { headers: { 'content-type': 'application/json' }, body: '{"nonsense":1}' }
  if (row.takes !== 'bytes') return {}
  const { envelope, submission } = mine.one.seal()
  return {
    headers: {
      'content-type': 'application/octet-stream',
      [SUBMISSION_HEADER]: encodeSubmission(submission),
    },
    body: Uint8Array.from(envelope),
  }
}

test('every route that the coordinator describes has a row, and every row is of a route', async () => {
  const document = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(await (await fetch(coordinator.url + restPaths.openapi)).json())
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(Object.keys(ROWS).toSorted()).toEqual(described.toSorted())
  for (const [name, { strangers }] of Object.entries(ROWS))
    expect([name, strangers !== undefined]).toEqual([name, (name.match(/\{/g) ?? []).length > 1])
})

describe.each(Object.entries(ROWS))('%s', (name, row) => {
  const [method = '', template = ''] = name.split(' ')
  const looksOnly = method === 'GET'
  const names = [...template.matchAll(/\{([a-z-]+)\}/g)].map(([, id = '']) => id)
  const unchanged = async (act: () => Promise<void>) => {
    const before = await coordinator.services.audit.list({ limit: 10_000 })
    await act()
    expect(await coordinator.services.audit.list({ limit: 10_000 })).toEqual(before)
  }
  const askHere = (asked: Partial<Asked>) =>
    ask(method, { path: pathOf(template), ...rightly(row), ...asked })

  test.skipIf(row.who === 'public')('is closed to who shows nothing, or nothing that counts', () =>
    unchanged(async () => {
      expect(await askHere({})).toBe('401 unauthenticated')
      for (const token of [`tro_${'0'.repeat(24)}_${'A'.repeat(43)}`, 'trs_x', 'x', tokens.revoked])
        expect(await askHere({ token })).toBe('401 unauthenticated')
      expect(await askHere({ headers: { authorization: 'Basic YWRtaW46YWRtaW4=' } })).toBe(
        '401 unauthenticated',
      )
    }),
  )

  test.skipIf(row.who === 'public')('is closed to every other kind of caller', () =>
    unchanged(async () => {
      for (const role of below(row)) expect(await askHere({ token: tokens[role] })).toBe('403 forbidden')
      if (forOperators(row)) expect(await askHere({ token: tokens.client })).toBe('401 unauthenticated')
      else expect(await askHere({ token: tokens['revoked-client'] })).toBe('403 forbidden')
      if (row.who === 'client') {
        for (const role of ROLES) expect(await askHere({ token: tokens[role] })).toBe('401 unauthenticated')
        expect(await byCookie('admin', { 'x-csrf-token': cookies.admin.csrf })).toBe('401 unauthenticated')
      }
    }),
  )

  const byCookie = (role: Role, headers: Record<string, string>) =>
    askHere({
      headers: {
        ...rightly(row).headers,
        cookie: cookies[role].cookie,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
    })

  test.skipIf(!forOperators(row))(
    'by a browser’s cookie, is closed to pages of other sites, and to lower roles',
    () =>
      unchanged(async () => {
        const { csrf } = cookies.admin
        for (const foreign of ['cross-site', 'same-site'])
          expect(await byCookie('admin', { 'sec-fetch-site': foreign, 'x-csrf-token': csrf })).toBe(
            '401 unauthenticated',
          )
        for (const role of below(row))
          expect(await byCookie(role, { 'x-csrf-token': cookies[role].csrf })).toBe('403 forbidden')
        if (looksOnly) return
        expect(await byCookie('admin', {})).toBe('403 csrf')
        expect(await byCookie('admin', { 'x-csrf-token': cookies.viewer.csrf })).toBe('403 csrf')
        expect(await byCookie('admin', { 'x-csrf-token': csrf, 'sec-fetch-site': 'none' })).toBe('403 csrf')
      }),
  )

  test('takes nothing malformed', () =>
    unchanged(async () => {
      const token = least(row)
      for (const id of names) {
        expect(await askHere({ token, path: pathOf(template, { [id]: '!' }) })).toBe('400 invalid')
        expect(await askHere({ token, path: pathOf(template, { [id]: '%ff' }) })).toBe('400 invalid')
        expect(await askHere({ token, path: pathOf(template, { [id]: 'x'.repeat(300) }) })).toBe(
          '414 uri-too-long',
        )
      }
      if (row.isList)
        for (const query of ['limit=0', 'limit=many', 'limit=201', 'cursor=%21', 'cursor=e30', 'nonsense=1'])
          expect(await askHere({ token, path: `${pathOf(template)}?${query}` })).toBe('400 invalid')
      if (row.takes === 'json') {
        const type = { 'content-type': 'application/json' }
        for (const body of READABLE)
          expect(await askHere({ token, headers: type, body })).toBe(row.judges ? '200' : '400 invalid')
        for (const body of UNREADABLE)
          expect(await askHere({ token, headers: type, body })).toBe('400 invalid')
        for (const wrong of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
          expect(await askHere({ token, headers: { 'content-type': wrong }, body: 'a=1' })).toBe(
            '415 unsupported-media-type',
          )
      }
      if (row.takes === 'bytes')
        expect(
          await askHere({
            token,
            headers: { ...rightly(row).headers, 'content-type': 'application/json' },
            body: '{}',
          }),
        ).toBe('415 unsupported-media-type')
    }))

  test('takes nothing that is too large', () =>
    unchanged(async () => {
      const token = least(row)
      if (row.takes === 'json') {
        const body = JSON.stringify({ nonsense: 'x'.repeat(row.mostBytes ?? 1_100_000) })
        expect(await askHere({ token, body })).toBe('413 too-large')
      }
      if (row.takes === 'bytes' && row.mostBytes === undefined)
        expect(await askHere({ token, body: new Uint8Array(1_100_000) })).toBe('413 too-large')
      expect(await askHere({ token, path: `${pathOf(template)}?x=${'x'.repeat(20_000)}` })).toBe(
        '431 headers-too-large',
      )
    }))

  test.skipIf(!row.strangers)('knows which id belongs to which', () =>
    unchanged(async () => {
      for (const [path, status] of Object.entries(row.strangers ?? {})) {
        const reason = template.endsWith('abandon') ? { body: '{"reason":"mine"}' } : {}
        const answer = await askHere({ token: least(row), path: pathOf(path), ...reason })
        expect([path, answer.split(' ')[0]]).toEqual([path, String(status)])
      }
    }),
  )

  test.skipIf(row.plain === undefined)('is open to the least who may call it, and to who may more', () =>
    unchanged(async () => {
      const rightly = [
        least(row),
        ...(forOperators(row) ? ROLES.filter((role) => !below(row).includes(role)) : []),
      ]
      for (const token of rightly)
        expect(
          (await ask(method, { path: pathOf(template), token: tokens[token as Role] ?? token })).split(
            ' ',
          )[0],
        ).toBe(String(row.plain))
    }),
  )
})
