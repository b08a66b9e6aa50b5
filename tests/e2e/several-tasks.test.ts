/** One client in several tasks, over one line, against a coordinator over real sockets. */
import { FederatedClient, memoryKeyStore } from '@tributary/client-sdk'
import { expect, test } from 'vitest'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { lineTrainer } from '../fleet/line-trainer.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

const PRIVACY = { audience: 'demo' } as const

/** A client in two tasks, which notes its trainings and when more than one of them was under way. */
const inTwoTasks = async (url: string, token: string) => {
  const trainings = { now: 0, most: 0, of: [] as string[] }
  const trainerOf = (task: string) => {
    const trainer = lineTrainer(rowsOf(1))
    const { train } = trainer
    trainer.train = async (job) => {
      trainings.now++
      trainings.most = Math.max(trainings.most, trainings.now)
      trainings.of.push(task)
      try {
        await new Promise((turn) => setTimeout(turn, 20))
        return await train(job)
      } finally {
        trainings.now--
      }
    }
    return trainer
  }
  const one = new FederatedClient({
    coordinator: url,
    task: 'first',
    trainer: trainerOf('first'),
    keys: memoryKeyStore(),
    consent: 'granted',
    privacy: PRIVACY,
  })
  const two = one.another({ task: 'second', trainer: trainerOf('second') })
  const submitted: string[] = []
  const errors: Error[] = []
  for (const client of [one, two]) {
    client.on('submitted', ({ round }) => submitted.push(round))
    client.on('error', (error) => errors.push(error))
  }
  const id = await one.enrol(token)
  return { one, two, id, submitted, errors, trainings }
}

/** Two more clients, of this task alone. */
const others = (url: string, task: string, token: string) =>
  Promise.all([2, 3].map((n) => lineClient(token, { url, task, rows: rowsOf(n), privacy: PRIVACY })))

test('[L6] two tasks of one client share its line: a secure round beside a plain one, and each goes on when the other is left', async () => {
  await using coordinator = await startCoordinator()
  const { operator, url } = coordinator
  const token = await operator.invite(5)
  const { one, two, id, submitted, errors, trainings } = await inTwoTasks(url, token)
  const first = await others(url, 'first', token)
  const second = await others(url, 'second', token)
  const rest: LineClient[] = [...first, ...second]
  await operator.createTask(
    lineTask({
      id: 'first',
      clients: 3,
      privacy: { mode: 'secure-aggregation', audience: 'demo', maxExamples: 50, stepSeconds: 20 },
      schedule: { kind: 'manual' },
    }),
  )
  await operator.createTask(lineTask({ id: 'second', clients: 3, schedule: { kind: 'manual' } }))
  await Promise.all([one.join(), two.join(), ...rest.map(({ client }) => client.join())])
  expect(await lines(coordinator)).toEqual({ open: 5, ever: 5 })

  await Promise.all([operator.trigger('first'), operator.trigger('second')])
  await Promise.all([coordinator.settled('first.1'), coordinator.settled('second.1')])
  expect(await operator.round('first.1')).toMatchObject({ phase: 'completed', tally: { received: 3 } })
  expect(await operator.round('second.1')).toMatchObject({ phase: 'completed', tally: { received: 3 } })
  await until('both models', () => one.model?.version === 2 && two.model?.version === 2)
  expect(submitted.toSorted()).toEqual(['first.1', 'second.1'])
  expect(trainings).toMatchObject({ most: 1, now: 0 })

  await one.leave()
  expect([one.state.is, two.state.is]).toEqual(['idle', 'waiting'])
  await operator.trigger('second')
  await coordinator.settled('second.2')
  expect(await operator.round('second.2')).toMatchObject({ phase: 'completed', tally: { received: 3 } })

  await one.join()
  expect(await lines(coordinator)).toEqual({ open: 5, ever: 5 })
  await two.leave()
  await operator.trigger('first')
  await coordinator.settled('first.2')
  expect(await operator.round('first.2')).toMatchObject({ phase: 'completed', tally: { received: 3 } })
  expect(submitted.filter((round) => round.endsWith('.2')).toSorted()).toEqual(['first.2', 'second.2'])

  await one.leave()
  await until('the line has ended', async () => (await lines(coordinator)).open === 4)
  expect(await lines(coordinator)).toEqual({ open: 4, ever: 5 })
  expect(errors).toEqual([])
  expect(id).toBe(await two.id())
  await Promise.all(rest.map(({ client }) => client.leave()))
})

test('[S3] a task that is not there stops its own client alone', async () => {
  await using coordinator = await startCoordinator()
  const { operator, url } = coordinator
  const { one, two, errors } = await inTwoTasks(url, await operator.invite(1))
  await operator.createTask(lineTask({ id: 'first', clients: 1 }))
  await one.join()
  await expect(two.join()).rejects.toMatchObject({ code: 'unknown-task' })
  expect(two.state.is).toBe('stopped')
  expect(errors).toMatchObject([{ code: 'unknown-task' }])
  expect(one.state.is).toBe('waiting')
  await operator.trigger('first')
  await coordinator.settled('first.1')
  expect(await operator.round('first.1')).toMatchObject({ phase: 'completed' })
  expect(await lines(coordinator)).toEqual({ open: 1, ever: 1 })
  await one.leave()
})

type Metrics = { metric(name: string, labels: Record<string, string>): Promise<number> }

/** Lines that are open at present, and that have ever been, by the coordinator's own count. */
const lines = async ({ metric }: Metrics) => ({
  open: await metric('tributary_lines_open ', {}),
  ever: await metric('tributary_lines_opened_total ', {}),
})
