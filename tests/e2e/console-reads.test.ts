import {
  AuditVerificationView,
  ClientPage,
  ClientRoundPage,
  OverviewView,
  restPaths,
  SystemView,
  TaskCheckView,
  TaskMetricsPage,
} from '@tributary/protocols/rest'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { beginRawRound } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { until } from '../fleet/until.ts'
import { openWatcher } from '../fleet/watcher.ts'

let coordinator: TestCoordinator
beforeEach(async () => {
  coordinator = await startCoordinator()
})
afterEach(() => coordinator[Symbol.asyncDispose]())

const read = async (path: string) => {
  const { status, body } = await coordinator.operator.call('GET', path)
  expect(status).toBe(200)
  return body
}
const overview = async () => OverviewView.parse(await read(restPaths.overview))

test('a round is seen as it happens, and afterwards in what its clients did and measured', async () => {
  await using round = await beginRawRound(coordinator, { clients: 3, quorum: 2, target: 2 })
  const { task, one, other } = round
  const [, , third] = round.members

  const begun = await overview()
  expect(begun).toMatchObject({
    fleet: { enrolled: 3, revoked: 0, withdrawn: 0, online: 3, waiting: 0, working: 3 },
    tasks: { active: 1, paused: 0, finished: 0 },
    openRounds: [{ id: round.id, phase: 'training' }],
    newestModels: [{ task, version: 1 }],
  })
  const clients = ClientPage.parse(await read(`${restPaths.clients}?online=true`))
  expect(clients.items.map(({ waitingFor }) => waitingFor)).toEqual([[task], [task], [task]])
  expect(ClientRoundPage.parse(await read(restPaths.clientRounds(one.id))).items).toMatchObject([
    { task, number: 1, outcome: 'open', member: { status: 'invited' } },
  ])
  expect(TaskMetricsPage.parse(await read(restPaths.taskMetrics(task))).items).toEqual([])

  for (const member of [one, other]) expect((await member.submit()).status).toBe(200)
  await coordinator.settled(round.id)

  const history = ClientRoundPage.parse(await read(restPaths.clientRounds(one.id)))
  expect(history.items).toMatchObject([{ number: 1, outcome: 'completed', member: { status: 'received' } }])
  const [metrics] = TaskMetricsPage.parse(await read(restPaths.taskMetrics(task))).items
  expect(metrics).toMatchObject({
    round: round.id,
    outcome: 'completed',
    version: 2,
    received: 2,
    invited: 3,
  })
  const received = history.items[0]?.member
  expect(metrics?.bytes).toBe(2 * (received?.status === 'received' ? received.bytes : Number.NaN))

  third?.disconnect()
  await until('the line to be gone', async () => (await overview()).fleet.online === 2)
  expect(await overview()).toMatchObject({ openRounds: [], newestModels: [{ task, version: 2 }] })
})

test('what a check says of a task’s size is what a client sends', async () => {
  await using round = await beginRawRound(coordinator)
  const { file } = await coordinator.operator.task(round.task)
  const { body } = await coordinator.operator.call('POST', restPaths.taskChecks, { ...file, id: 'another' })
  expect(TaskCheckView.parse(body)).toEqual({
    mistakes: [],
    size: {
      parameters: 15,
      bytesDown: expect.any(Number),
      bytesUp: round.one.seal().envelope.length,
    },
  })
})

test('the system tells of this process, and the audit log holds', async () => {
  const system = SystemView.parse(await read(restPaths.system))
  expect(system).toMatchObject({
    node: process.versions.node,
    storage: { database: 'SQLite, a file in the data folder', blobs: 'files in the data folder' },
    queue: { decisions: 0, uploads: 0 },
    lines: { participants: 0, admins: 0 },
    processes: { tasksDriven: 0, others: 0 },
  })
  expect(system.version).toMatch(/^\d+\.\d+\.\d+/)
  expect(system.storage.databaseBytes).toBeGreaterThan(4_096)
  expect(system.storage.freeBytes).toBeGreaterThan(0)
  expect(system.memory.rss).toBeGreaterThan(1e6)
  expect(JSON.stringify(system)).not.toContain(coordinator.folder)

  const { intact, head, broken } = AuditVerificationView.parse(await read(restPaths.auditVerification))
  expect({ intact, broken }).toEqual({ intact: true, broken: null })
  expect(head.sequence).toBeGreaterThanOrEqual(2)
  await coordinator.operator.invite(1)
  const later = AuditVerificationView.parse(await read(restPaths.auditVerification))
  expect(later).toMatchObject({ intact: true, head: { sequence: head.sequence + 1 } })
})

test('a token that was revoked opens nothing, and an invitation that was taken back nobody’s door', async () => {
  const { operator, url } = coordinator
  const made = Object(
    (await operator.call('POST', restPaths.operatorTokens, { name: 'eyes', role: 'viewer' })).body,
  )
  const asViewer = (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${made.token}` } })
  expect((await asViewer(restPaths.overview)).status).toBe(200)
  for (const path of [restPaths.operatorTokens, restPaths.auditVerification, restPaths.enrolmentTokens])
    expect((await asViewer(path)).status).toBe(403)
  using watcher = await openWatcher(url, { token: made.token })
  expect(SystemView.parse(await read(restPaths.system)).lines).toEqual({ participants: 0, admins: 1 })
  expect((await operator.call('DELETE', restPaths.operatorToken(made.id))).status).toBe(200)
  await watcher.ended // at once, not when lines are looked at anew
  await until(
    'nobody to watch',
    async () => SystemView.parse(await read(restPaths.system)).lines.admins === 0,
  )
  expect((await asViewer(restPaths.overview)).status).toBe(401)

  const listed = Object(await read(restPaths.operatorTokens)).items
  expect(listed).toMatchObject([
    { id: made.id, status: 'revoked' },
    { role: 'admin', status: 'active' },
  ])
  expect((await operator.call('DELETE', restPaths.operatorToken(listed[1].id))).status).toBe(409)

  const token = await operator.invite(5)
  const id = token.split('_')[1] ?? ''
  expect((await operator.call('DELETE', restPaths.enrolmentToken(id))).body).toMatchObject({ usesLeft: 0 })
  await expect(
    beginRawRound({ ...coordinator, operator: { ...operator, invite: async () => token } }),
  ).rejects.toThrow()
})
