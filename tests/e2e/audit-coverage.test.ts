import { encodeSignature, stateWithdrawal } from '@tributary/protocols/crypto'
import { AuditPage, type AuditRecordView, restPaths, SessionView } from '@tributary/protocols/rest'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openJar } from '../fleet/browser-jar.ts'
import { type CoordinatorProcess, startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { beginRawRound, TENSORS } from '../fleet/raw-rounds.ts'
import { tributary } from '../fleet/tributary-command.ts'
import { until } from '../fleet/until.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: CoordinatorProcess
let operator: Operator
let token: string
beforeEach(async () => {
  folder = await temporaryFolder()
  running = await startCoordinatorProcess({ folder: `${folder.path}/live` })
  token = running.firstAdminToken ?? ''
  operator = operatorOf(running.url, token)
})
afterEach(async () => {
  await running[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const auditOf = async (of: Operator): Promise<AuditRecordView[]> =>
  AuditPage.parse((await of.call('GET', `${restPaths.audit}?limit=200`)).body).items

const answered = async (method: string, path: string, body: unknown, status: number) => {
  const answer = await operator.call(method, path, body)
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status })
  return Object(answer.body)
}

const beginRound = () =>
  beginRawRound({
    url: running.url,
    operator,
    round: () => Promise.reject(new Error('not asked for')),
    settled: () => Promise.reject(new Error('not asked for')),
  })

test('whatever an operator, a command, a client’s enrolment or the coordinator itself does is in the audit log, with who did it', async () => {
  const admin = token.split('_')[1]
  await using round = await beginRound()
  const { task, id } = round
  for (const member of round.members) expect((await member.submit()).status).toBe(200)
  await until('the round to complete', async () => (await operator.round(id)).phase === 'completed')

  const path = `/api/v1/tasks/${task}`
  await answered('PATCH', path, { schedule: { kind: 'manual' }, stop: { kind: 'never' } }, 200)
  await answered('PATCH', path, { status: 'paused' }, 200)
  await answered('PATCH', path, { status: 'active' }, 200)
  await operator.trigger(task)
  await answered('POST', `${path}/rounds/2/abandon`, { reason: 'enough' }, 200)
  const weights = encodeSafetensors({ tensors: TENSORS, values: new Float32Array(15).fill(2) })
  const imported = await fetch(`${running.url}${path}/models?note=repaired`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: Buffer.from(weights),
  })
  expect(imported.status).toBe(201)
  const frozen = digestOf(Buffer.from('of a model'))
  const uploaded = await fetch(running.url + restPaths.blob(frozen), {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: Buffer.from('of a model'),
  })
  expect(uploaded.status).toBe(200)
  await answered('POST', `${path}/rollback`, { version: 1, reason: 'better' }, 201)
  const viewer = await answered('POST', restPaths.operatorTokens, { name: 'eyes', role: 'viewer' }, 201)
  await answered('DELETE', restPaths.client(round.one.id), undefined, 200)
  const order = { url: 'https://hooks.invalid/in?key=w0rd', name: 'a pipeline', events: ['task.finished'] }
  const hook = await answered('POST', restPaths.webhooks, order, 201)
  const ping = await answered('POST', restPaths.pingWebhook(hook.id), undefined, 202)
  await answered('POST', restPaths.redeliver(hook.id, ping.id), undefined, 202)
  await answered('DELETE', restPaths.webhook(hook.id), undefined, 200)
  const jar = openJar(running.url)
  const signedIn = await jar.ask(running.url + restPaths.session, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: viewer.token }),
  })
  const { csrf } = SessionView.parse(await signedIn.json())
  const [cookie = ''] = jar.cookies.values()
  await jar.ask(running.url + restPaths.session, {
    method: 'DELETE',
    headers: { 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrf },
  })
  await answered('DELETE', restPaths.operatorToken(viewer.id), undefined, 200)
  await answered('PATCH', path, { status: 'finished' }, 200)
  const { enrolledBy } = Object((await operator.call('GET', restPaths.client(round.other.id))).body)
  const signature = encodeSignature(stateWithdrawal(round.other.identity))
  await answered('POST', restPaths.withdrawal(round.other.id), { signature }, 200)
  const unused = (await operator.invite(3)).split('_')[1] ?? ''
  await answered('DELETE', restPaths.enrolmentToken(unused), undefined, 200)

  for (const words of [
    ['backup', `${folder.path}/saved`],
    ['retention', '--keep-versions', '1', '--grace-hours', '0'],
  ])
    expect(await tributary([...words, '--data', `${folder.path}/live`])).toMatchObject({ code: 0 })
  const before = await auditOf(operator)
  await running.stop()
  running = await startCoordinatorProcess({ folder: `${folder.path}/live` })
  const log = await auditOf(operatorOf(running.url, token))
  expect(log.slice(0, before.length)).toEqual(before)

  const coordinator = log.find(({ action }) => action === 'coordinator.started')?.subject
  expect(coordinator).toMatch(/^coordinator-[0-9a-f]{16}$/)
  const seen = new Set(log.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`))
  for (const entry of [
    `coordinator operator-token.created ${admin}`,
    `coordinator coordinator.started ${coordinator}`,
    `${admin} task.created ${task}`,
    `${admin} enrolment-token.created ${enrolledBy}`,
    `${round.one.id} client.enrolled ${round.one.id}`,
    `${admin} round.selecting ${id}`,
    `coordinator round.training ${id}`,
    `coordinator round.aggregating ${id}`,
    `coordinator round.completed ${id}`,
    `${admin} task.reschedule ${task}`,
    `${admin} task.restop ${task}`,
    `${admin} task.pause ${task}`,
    `${admin} task.resume ${task}`,
    `${admin} round.selecting ${task}.2`,
    `${admin} round.abandon ${task}.2`,
    `coordinator round.abandoned ${task}.2`,
    `${admin} model.imported ${task}/models/3`,
    `${admin} model.rollback ${task}/models/4`,
    `${admin} blob.uploaded ${frozen}`,
    `${admin} operator-token.created ${viewer.id}`,
    `${admin} operator-token.revoked ${viewer.id}`,
    `${admin} enrolment-token.revoked ${unused}`,
    `${admin} client.revoked ${round.one.id}`,
    `${round.other.id} client.withdrawn ${round.other.id}`,
    `${admin} webhook.created ${hook.id}`,
    `${admin} webhook.pinged ${hook.id}`,
    `${admin} webhook.redelivered ${hook.id}`,
    `${admin} webhook.deleted ${hook.id}`,
    `${viewer.id} session.opened ${cookie.split('_')[1]}`,
    `${viewer.id} session.closed ${cookie.split('_')[1]}`,
    `${admin} task.finish ${task}`,
    'command-line backup.made saved',
    `command-line model.weights-dropped ${task}/models/3`,
    'command-line retention.swept models',
    `coordinator coordinator.stopped ${coordinator}`,
  ])
    expect(seen).toContain(entry)
  const detailOf = (wanted: string) => log.find(({ action }) => action === wanted)?.detail
  expect(detailOf('task.reschedule')).toEqual({ schedule: '{"kind":"manual"}' })
  expect(detailOf('task.restop')).toEqual({ stop: '{"kind":"never"}' })
  expect(detailOf('round.abandon')).toEqual({ reason: 'enough' })
  expect(log.filter(({ action }) => action === 'coordinator.started')).toHaveLength(2)
  // No secret is in it: neither tokens nor what they are known by.
  const secrets = [token, viewer.token, cookie].map((secret) => secret.split('_').slice(2).join('_'))
  for (const secret of [...secrets, hook.secret.slice('whsec_'.length), 'w0rd'])
    expect(JSON.stringify(log)).not.toContain(secret)
})
