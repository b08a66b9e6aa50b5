import { TaskId } from '@tributary/protocols'
import { restPaths } from '@tributary/protocols/rest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf } from '../fleet/operator.ts'
import { beginRawRound, TENSORS } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const post = (path: string, body?: unknown, key?: string) =>
  coordinator.operator.call('POST', path, body, key ? { 'idempotency-key': key } : {})

test('a task file is refused with every mistake in it, each at its place, and no task is made', async () => {
  const file = vectorTask({ id: 'mistaken', clients: 3, tensors: TENSORS })
  const answer = await post(restPaths.tasks, {
    ...file,
    id: 'Mistaken Task',
    model: {
      ...file.model,
      tensors: [
        { name: 'w', shape: [2, 0], dtype: 'F32' },
        { name: 'b', shape: [2], dtype: 'F64' },
      ],
    },
    plan: { ...file.plan, epochs: 0, optimizer: { name: 'sgd', learningRate: -1 } },
    cohort: { target: 3, quorum: 5, overSelection: 0.5 },
    schedule: { kind: 'cron', expression: '61 * * * *', timeZone: 'Middle-earth/Shire' },
    nickname: 'oops',
  })
  const { status, word, problem } = refusalOf(answer)
  expect({ status, word }).toEqual({ status: 400, word: 'invalid' })
  expect(problem.mistakes?.map(({ path }) => path).toSorted()).toEqual([
    'cohort.overSelection',
    'cohort.quorum',
    'id',
    'model.tensors[0].shape[1]',
    'model.tensors[1].dtype',
    'nickname',
    'plan.epochs',
    'plan.optimizer.learningRate',
    'schedule.expression',
    'schedule.timeZone',
  ])
  for (const { message } of problem.mistakes ?? []) expect(message).not.toBe('')
  expect((await coordinator.operator.call('GET', `${restPaths.tasks}/mistaken`)).status).toBe(404)
})

describe('a round that is triggered', () => {
  test('[R1] while another runs is refused, naming the one that runs', async () => {
    await using round = await beginRawRound(coordinator)
    expect(refusalOf(await post(restPaths.rounds(round.task)))).toMatchObject({
      status: 409,
      word: 'round-open',
      about: { round: round.id },
    })
    await round.completes()
    const next = await post(restPaths.rounds(round.task))
    expect(next).toMatchObject({ status: 202, body: { id: `${round.task}.2` } })
  })

  test('again under the same key is the same round: while it runs, at once, and when it has ended', async () => {
    const task = await aTask('repeated')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(restPaths.rounds(task), {}, 'once-only')),
    )
    for (const answer of answers) expect(answer).toMatchObject({ status: 202, body: { id: 'repeated.1' } })
    // A body that is left out says the same as an empty one.
    expect(await post(restPaths.rounds(task), undefined, 'once-only')).toMatchObject({
      status: 202,
      body: { id: 'repeated.1' },
    })
    expect(refusalOf(await post(restPaths.rounds(task), {}, 'another-key'))).toMatchObject({ status: 409 })
    await post(`${restPaths.rounds(task)}/repeated.1/abandon`, { reason: 'enough' })
    expect(await post(restPaths.rounds(task), {}, 'once-only')).toMatchObject({
      status: 202,
      body: { id: 'repeated.1', phase: 'abandoned' },
    })
    expect(await post(restPaths.rounds(task), {}, 'another-key')).toMatchObject({
      status: 202,
      body: { id: 'repeated.2' },
    })
  })

  test('without a model to begin from is refused', async () => {
    const file = vectorTask({ id: 'empty', clients: 1, tensors: TENSORS })
    await coordinator.operator.createTask({ ...file, model: { ...file.model, initial: { kind: 'import' } } })
    expect(refusalOf(await post(restPaths.rounds(TaskId.parse('empty'))))).toMatchObject({
      status: 409,
      word: 'no-model',
    })
  })

  test('of a task that is paused is refused', async () => {
    const task = await aTask('paused')
    await coordinator.operator.call('PATCH', restPaths.task(task), { status: 'paused' })
    expect(refusalOf(await post(restPaths.rounds(task)))).toMatchObject({
      status: 409,
      word: 'task-not-active',
    })
  })
})

describe('a key that came with another request is refused', () => {
  test('for tasks', async () => {
    const file = vectorTask({ id: 'keyed', clients: 2, tensors: TENSORS })
    const first = await post(restPaths.tasks, file, 'task-key')
    expect(first.status).toBe(201)
    expect(await post(restPaths.tasks, file, 'task-key')).toMatchObject({ status: 201, body: first.body })
    expect(refusalOf(await post(restPaths.tasks, { ...file, id: 'keyed-2' }, 'task-key'))).toMatchObject({
      status: 422,
      word: 'idempotency-mismatch',
    })
    expect(refusalOf(await post(restPaths.tasks, file))).toMatchObject({
      status: 409,
      word: 'already-exists',
    })
  })

  test('for enrolment tokens, whose secret comes again with the same key and with no other', async () => {
    const request = { name: 'fleet', uses: 3 }
    const first = await post(restPaths.enrolmentTokens, request, 'token-key')
    expect(await post(restPaths.enrolmentTokens, request, 'token-key')).toMatchObject({ body: first.body })
    const other = await post(restPaths.enrolmentTokens, { ...request, uses: 4 }, 'token-key')
    expect(refusalOf(other)).toMatchObject({ status: 422, word: 'idempotency-mismatch' })
  })

  test('and a key of another task is another key', async () => {
    const [one, other] = [await aTask('key-one'), await aTask('key-other')]
    for (const task of [one, other])
      expect(await post(restPaths.rounds(task), {}, 'shared')).toMatchObject({ body: { id: `${task}.1` } })
  })
})

const aTask = async (id: string): Promise<TaskId> => {
  await coordinator.operator.createTask(vectorTask({ id, clients: 2, tensors: TENSORS }))
  return TaskId.parse(id)
}
