/** A task's privacy from its file to the end of its budget, over HTTP and real sockets. */
import { TaskId } from '@tributary/protocols'
import { AuditPage, restPaths } from '@tributary/protocols/rest'
import type { TaskFileInput } from '@tributary/protocols/task'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refusalOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, type RawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { TENSORS } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

const NOISED = TaskId.parse('noised')

let coordinator: TestCoordinator
beforeEach(async () => {
  coordinator = await startCoordinator()
})
afterEach(() => coordinator[Symbol.asyncDispose]())

/** A budget for two rounds of z = 2. */
const privacy = (epsilon = 3.2): NonNullable<TaskFileInput['privacy']> => ({
  mode: 'sealed',
  differentialPrivacy: {
    mechanism: 'central',
    budget: { epsilon, delta: 1e-5 },
    participation: { most: 50 },
    noiseMultiplier: 2,
    clipping: { kind: 'fixed', clipNorm: 1 },
  },
})

const aTask = async (more: Partial<TaskFileInput> = {}) => {
  const { id } = await coordinator.operator.createTask({
    ...vectorTask({ id: 'noised', clients: 2, tensors: TENSORS, privacy: privacy() }),
    ...more,
  })
  const token = await coordinator.operator.invite(2)
  const clients = await Promise.all([0, 1].map(() => enrolRawClient(coordinator.url, token)))
  for (const client of clients) await client.connect()
  return { id, clients }
}

/** Plays the clients' part of the task's open round. */
const takePart = async (clients: readonly RawClient[]) => {
  for (const client of clients) {
    const invitation = await client.next('invitation')
    const update = encodeSafetensors({ tensors: TENSORS, values: new Float32Array(15).fill(0.1) })
    const sealed = sealFor(client, invitation, update, { examples: 77 })
    const to = { round: invitation.round, client: client.id, token: invitation.session.token }
    expect(await upload(coordinator.url, to, sealed)).toMatchObject({ status: 200 })
  }
}

const triggered = () => coordinator.operator.call('POST', restPaths.rounds(NOISED))

const audited = async (action: string) =>
  AuditPage.parse((await coordinator.operator.call('GET', `${restPaths.audit}?limit=200`)).body).items.filter(
    (entry) => entry.action === action,
  )

test('every round and version says what is spent, a round beyond the budget is refused, and nothing a client says beside its update is kept', async () => {
  const { clients } = await aTask()
  const spent: number[] = []
  for (const number of [1, 2]) {
    for (const client of clients) client.send(checkIn('noised'))
    expect((await triggered()).status).toBe(202)
    await takePart(clients)
    await coordinator.settled(`noised.${number}`)
    const detail = await coordinator.operator.round(`noised.${number}`)
    expect(detail.members).toMatchObject([
      { examples: 1, metrics: {} },
      { examples: 1, metrics: {} },
    ])
    if (detail.phase !== 'completed') throw new Error(`the round is ${detail.phase}`)
    expect(detail).toMatchObject({ examples: 2, metrics: {}, privacy: { delta: 1e-5, rounds: number } })
    const [model] = (await coordinator.operator.models('noised')).slice(-1)
    expect(model?.origin).toMatchObject({ kind: 'round', privacy: detail.privacy })
    spent.push(detail.privacy?.epsilon ?? Number.NaN)
  }
  const [first = Number.NaN, second = Number.NaN] = spent
  expect(second).toBeGreaterThan(first)
  expect(refusalOf(await triggered())).toMatchObject({
    status: 409,
    word: 'privacy-budget',
    about: { epsilon: 3.2, delta: 1e-5, spent: second },
  })
  expect((await coordinator.operator.call('GET', restPaths.rounds(NOISED))).body).toMatchObject({
    items: [{ number: 2 }, { number: 1 }],
  })
})

test('a schedule stops by itself when the budget is spent, says why, and stops again when it is resumed', async () => {
  const { clients } = await aTask({
    privacy: privacy(2.2),
    schedule: { kind: 'continuous', pauseSeconds: 0 },
  })
  for (const client of clients) client.send(checkIn('noised'))
  await takePart(clients)
  await coordinator.settled('noised.1')
  const paused = () =>
    until('the task to be paused', async () => {
      const { status } = await coordinator.operator.task('noised')
      return status === 'paused'
    })
  await paused()
  expect(await audited('task.paused')).toMatchObject([
    {
      actor: 'schedule',
      subject: 'noised',
      detail: { reason: 'privacy-budget', detail: expect.stringContaining('would pass its budget') },
    },
  ])
  await coordinator.operator.call('PATCH', restPaths.task(NOISED), { status: 'active' })
  await paused()
  expect(await audited('task.paused')).toHaveLength(2)
  expect((await coordinator.operator.call('GET', restPaths.rounds(NOISED))).body).toMatchObject({
    items: [{ number: 1 }],
  })
})

test('a task that could hold no round is refused at the place in its file that is wrong', async () => {
  const file = vectorTask({ id: 'noised', clients: 2, tensors: TENSORS, privacy: privacy(1) })
  const { status, problem } = refusalOf(await coordinator.operator.call('POST', restPaths.tasks, file))
  expect([status, problem.mistakes]).toEqual([
    400,
    [{ path: 'privacy.differentialPrivacy.budget', message: expect.stringContaining('first round') }],
  ])
})
