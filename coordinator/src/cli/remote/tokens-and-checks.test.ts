import {
  AuditVerificationView,
  EnrolmentTokenPage,
  OperatorTokenPage,
  SystemView,
  TaskCheckView,
} from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import { aLiveCoordinator, answering, aStandIn, lineTo } from './remote-line.builders.ts'

const AT = '2026-03-01T09:30:00.000Z'
const ID = 'a'.repeat(24)

/** What a command says to an answer that fits its contract, and what it asked for. */
const said = async <Schema extends z.ZodType>(
  schema: Schema,
  answer: z.input<Schema>,
  ...words: string[]
) => {
  const asked: string[] = []
  await using stand = await aStandIn((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answering(() => schema.parse(answer))(request, response)
  })
  const { code, out } = await lineTo(stand.url, 'tro_x').runIn({ stdin: '{}' }, ...words)
  return { code, out, asked }
}

test('tokens are listed without their texts, and revoked by their ids', async () => {
  const token = { id: ID, name: 'eyes', role: 'viewer' as const, createdAt: AT, status: 'revoked' as const }
  const listed = await said(OperatorTokenPage, { items: [token], nextCursor: null }, 'tokens', 'list')
  expect(listed).toMatchObject({ code: 0, asked: ['GET /api/v1/operator-tokens?limit=200'] })
  expect(listed.out).toMatch(/^a{24} {2}eyes {2}viewer {2}revoked {2}2026-03-01 09:30:00Z$/m)
  const revoked = await said(OperatorTokenPage.shape.items.element, token, 'tokens', 'revoke', ID)
  expect(revoked).toEqual({
    code: 0,
    out: `Token ${ID} is revoked.\n`,
    asked: [`DELETE /api/v1/operator-tokens/${ID}`],
  })
})

test('the text of a token is not taken for its id: it is sent nowhere and repeated nowhere', async () => {
  const text = `tro_${ID}_${'s'.repeat(43)}`
  const { code, err, out } = await lineTo('http://127.0.0.1:9', 'tro_x').run('tokens', 'revoke', text)
  expect(code).toBe(2)
  expect(err).toContain('<token> is the id of a token')
  expect(err + out).not.toContain('sssss')
})

test('invitations are listed and taken back', async () => {
  const invitation = { id: ID, name: 'my app', usesLeft: 3, expiresAt: AT, createdAt: AT }
  const listed = await said(
    EnrolmentTokenPage,
    { items: [invitation], nextCursor: null },
    'clients',
    'invitations',
  )
  expect(listed.out).toMatch(/^a{24} {2}my app +3 {2}2026-03-01 09:30:00Z/m)
  const taken = await said(EnrolmentTokenPage.shape.items.element, invitation, 'clients', 'uninvite', ID)
  expect(taken.asked).toEqual([`DELETE /api/v1/enrolment-tokens/${ID}`])
})

test('a task file is checked: 0 where it would be taken, 1 where it has mistakes', async () => {
  const size = { parameters: 10, bytesDown: 2_000, bytesUp: 1_000 }
  expect(await said(TaskCheckView, { mistakes: [], size }, 'tasks', 'check', '-')).toEqual({
    code: 0,
    out: 'It would be taken: 10 parameters; in a round a client receives 2.0 kB and sends 1.0 kB.\n',
    asked: ['POST /api/v1/task-checks'],
  })
  const mistakes = [{ path: 'cohort.quorum', message: 'is \u001b[31mtoo high' }]
  expect(await said(TaskCheckView, { mistakes, size: null }, 'tasks', 'check', '-')).toMatchObject({
    code: 1,
    out: 'cohort.quorum: is  [31mtoo high\n',
  })
})

test('the audit log is checked: 0 where it is intact, 1 where it is not', async () => {
  const head = { sequence: 7, hash: 'f'.repeat(64) }
  const intact = await said(AuditVerificationView, { intact: true, head, broken: null }, 'audit', 'check')
  expect(intact).toMatchObject({ code: 0, out: expect.stringContaining(`\n7:${head.hash}\n`) })
  const broken = { sequence: 8, reason: 'altered' }
  const wrong = await said(AuditVerificationView, { intact: false, head, broken }, 'audit', 'check')
  expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('Entry 8 is wrong: altered.') })
})

test('the system is shown; what cannot be told is left out', async () => {
  const system: SystemView = {
    at: AT,
    version: '0.1.0',
    node: '24.0.0',
    startedAt: AT,
    storage: {
      database: 'SQLite',
      blobs: 'files',
      databaseBytes: 1_000,
      modelBytes: null,
      updateBytes: null,
      freeBytes: 5e9,
    },
    memory: { rss: 2e8, heapUsed: 5e7, external: 1 },
    eventLoopDelayMs: { mean: 1, p99: 2, max: 3 },
    queue: { decisions: 0, uploads: 1 },
    lines: { participants: 9, admins: 1 },
    processes: { tasksDriven: 1, others: 0 },
  }
  const { code, out } = await said(SystemView, system, 'system')
  expect(code).toBe(0)
  expect(out).toContain('room left        5.0 GB\n')
  expect(out).not.toContain('of models')
})

test('a coordinator answers all of them', async () => {
  await using live = await aLiveCoordinator()
  await live.run('tokens', 'create', '--name', 'eyes', '--role', 'viewer')
  const [eyes] = await live.json('tokens', 'list')
  expect(eyes).toMatchObject({ name: 'eyes', role: 'viewer', status: 'active' })
  expect(await live.json('tokens', 'revoke', eyes.id)).toMatchObject({ id: eyes.id, status: 'revoked' })

  await live.run('clients', 'invite', '--name', 'my app', '--uses', '2', '--expires', '12h')
  const [invitation] = await live.json('clients', 'invitations')
  expect(invitation).toMatchObject({ name: 'my app', usesLeft: 2 })
  expect(await live.json('clients', 'uninvite', invitation.id)).toMatchObject({ id: invitation.id })

  const check = await live.runIn({ stdin: '{}' }, 'tasks', 'check', '-', '--json')
  expect(check.code).toBe(1)
  expect(TaskCheckView.parse(JSON.parse(check.out)).mistakes).not.toEqual([])
  expect(AuditVerificationView.parse(await live.json('audit', 'check'))).toMatchObject({ intact: true })
  expect(SystemView.parse(await live.json('system')).storage.database).toMatch(/SQLite/i)
})
