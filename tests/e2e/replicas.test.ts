import { afterEach, beforeEach, describe, expect, inject, onTestFailed, test, vi } from 'vitest'
import type { CoordinatorProcess } from '../fleet/coordinator-process.ts'
import { aGate } from '../fleet/gate.ts'
import { type LineClient, type LineClientOptions, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { expectedWeights } from '../fleet/line-rounds.ts'
import { operatorOf } from '../fleet/operator.ts'
import { bitsOf } from '../fleet/reference-fedavg.ts'
import { gaugeOf, type Replicas, startReplicas } from '../fleet/replicas.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

// Leases have to run out in real time.
vi.setConfig({ testTimeout: 120_000 })

let replicas: Replicas
let clients: LineClient[]

beforeEach(async () => {
  clients = []
  replicas = await startReplicas({ count: 2, postgresUrl: inject('postgresUrl') })
  const started = replicas
  onTestFailed(() => {
    for (const { url, output } of started.running()) console.log(`${url} said:\n${output()}`)
  })
})
afterEach(async () => {
  await Promise.all(clients.map(({ client }) => client.leave()))
  await replicas[Symbol.asyncDispose]()
})

type Habits = Omit<Partial<LineClientOptions>, 'url' | 'task'>

const join = async (...habits: Habits[]) => {
  const token = await replicas.operator.invite(habits.length)
  clients = await Promise.all(
    habits.map((habit, i) => lineClient(token, { url: replicas.url, rows: rowsOf(i), ...habit })),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
}

const completed = (id: string) =>
  until(
    `${id} to be completed`,
    async () => {
      const round = await replicas.operator.round(id).catch(() => undefined)
      if (round?.phase === 'abandoned') throw new Error(`${id} is abandoned: ${round.detail}`)
      return round?.phase === 'completed' && round
    },
    { withinMs: 40_000, everyMs: 50 },
  )

/** Every client's update is in the model exactly once, whichever process took it. */
const completedExactly = async (id: string) => {
  const round = await completed(id)
  expect(round.members.map(({ client, status }) => `${client} ${status}`)).toEqual(
    clients.map((client) => `${client.id} received`).toSorted(),
  )
  const weights = await replicas.operator.weights('line', round.version.version)
  expect(bitsOf(weights)).toEqual(bitsOf(await expectedWeights(replicas.operator, clients, round)))
  return round
}

const received = (id: string, count: number) =>
  until(`${count} updates of ${id}`, async () => {
    const { members } = await replicas.operator.round(id)
    return members.filter(({ status }) => status === 'received').length === count
  })

const others = (process: CoordinatorProcess) => replicas.running().filter((other) => other !== process)

describe('[R21] two processes that are one coordinator', () => {
  test('take clients and updates for one round, whichever of them drives it', async () => {
    await replicas.operator.createTask(lineTask({ clients: 6 }))
    await join({}, {}, {}, {}, {}, {})
    await until('every process to have clients', async () => {
      const online = await Promise.all(
        replicas.running().map((one) => gaugeOf(one, 'tributary_clients_online')),
      )
      return (
        online.every((count) => (count ?? 0) > 0) &&
        online.reduce<number>((sum, n) => sum + (n ?? 0), 0) === 6
      )
    })
    for (let i = 0; i < 3; i++) {
      const { id } = await replicas.operator.trigger('line')
      const { version } = await completedExactly(id)
      await until('all to hear of the version', () =>
        clients.every(({ heard }) => heard.models.at(-1)?.version === version.version),
      )
      for (const { heard } of clients)
        expect(heard.ended.filter(({ round }) => round === id).map(({ outcome }) => outcome.kind)).toEqual([
          'completed',
        ])
    }
    expect(clients.flatMap(({ heard }) => heard.errors)).toEqual([])
  })

  test('when the one that drives is killed mid-round, the other ends the same round with the same updates', async () => {
    await replicas.operator.createTask(lineTask({ clients: 6 }))
    const gate = aGate()
    await join({}, {}, {}, ...[1, 2, 3].map(() => ({ hold: gate.hold })))
    const { id } = await replicas.operator.trigger('line')
    await received(id, 3)
    const driver = await replicas.driver()
    const survivors = others(driver)
    await driver.kill()
    const killedAt = performance.now()
    replicas.pointAt(survivors)
    gate.open()
    const next = await replicas.driver()
    expect(next).toBe(survivors[0])
    const takenOverMs = performance.now() - killedAt
    await completedExactly(id)
    const pauseMs = performance.now() - killedAt
    console.log(
      `failover: another process drove after ${(takenOverMs / 1_000).toFixed(1)} s, the round completed after ${(pauseMs / 1_000).toFixed(1)} s`,
    )
    expect(takenOverMs).toBeLessThan(15_000)
  })

  test('when the other one is killed, its clients come back through the one that drives', async () => {
    await replicas.operator.createTask(lineTask({ clients: 4 }))
    const gate = aGate()
    await join({}, {}, { hold: gate.hold }, { hold: gate.hold })
    const { id } = await replicas.operator.trigger('line')
    await received(id, 2)
    const driver = await replicas.driver()
    for (const other of others(driver)) await other.kill()
    replicas.pointAt([driver])
    gate.open()
    await completedExactly(id)
  })

  test('one that was frozen while another took its task over does nothing more to it', async () => {
    await replicas.operator.createTask(lineTask({ clients: 4 }))
    const gate = aGate()
    await join({}, {}, { hold: gate.hold }, { hold: gate.hold })
    const { id } = await replicas.operator.trigger('line')
    await received(id, 2)
    const driver = await replicas.driver()
    const [other] = others(driver)
    if (!other) throw new Error('there is no other process')
    process.kill(driver.pid, 'SIGSTOP')
    replicas.pointAt([other])
    await until('the other to drive', async () => (await gaugeOf(other, 'tributary_tasks_driven')) === 1, {
      withinMs: 20_000,
    })
    process.kill(driver.pid, 'SIGCONT')
    gate.open()
    await completedExactly(id)
    expect(await gaugeOf(driver, 'tributary_tasks_driven')).toBe(0)
    expect((await replicas.operator.models('line')).map(({ version }) => version)).toEqual([1, 2])
  })

  test('a rolling restart under load loses no round and no acknowledged update', async () => {
    await replicas.operator.createTask(
      lineTask({
        clients: 6,
        schedule: { kind: 'continuous', pauseSeconds: 0 },
        stop: { kind: 'completed-rounds', rounds: 12 },
      }),
    )
    await join({}, {}, {}, {}, {}, {})
    for (const number of [0, 1]) {
      const before = (await replicas.operator.task('line')).completedRounds
      await until(
        'a round to complete',
        async () => (await replicas.operator.task('line')).completedRounds > before,
      )
      const [leaving] = [replicas.running()[number]]
      if (!leaving) throw new Error('it does not run')
      replicas.pointAt(others(leaving))
      expect(await leaving.stop()).toEqual({ code: 0, signal: null })
      await replicas.start(number)
      replicas.pointAt(replicas.running())
    }
    await until(
      'the task to finish',
      async () => (await replicas.operator.task('line')).status === 'finished',
      {
        withinMs: 60_000,
        everyMs: 50,
      },
    )
    const acknowledged = clients.flatMap(({ id, heard }) => heard.submitted.map((round) => `${round} ${id}`))
    const counted: string[] = []
    for (let number = 1; number <= 12; number++) {
      const round = await completed(`line.${number}`)
      const weights = await replicas.operator.weights('line', round.version.version)
      expect(bitsOf(weights)).toEqual(bitsOf(await expectedWeights(replicas.operator, clients, round)))
      for (const { client, status } of round.members)
        if (status === 'received') counted.push(`${round.id} ${client}`)
    }
    expect(counted).toEqual(expect.arrayContaining(acknowledged))
  })

  test('an operator’s word to either of them counts', async () => {
    const [first, second] = replicas.running()
    if (!first || !second) throw new Error('two processes are needed')
    await replicas.operator.createTask(lineTask({ clients: 2, quorum: 2, selectionSeconds: 600 }))
    const driver = await replicas.driver()
    const { id } = await replicas.operator.trigger('line')
    for (const process of [driver, ...others(driver)])
      expect(
        (await replicas.operator.call('GET', `/api/v1/tasks/line/rounds/${id}`)).status,
        process.url,
      ).toBe(200)
    const [bystander] = others(driver)
    const token = replicas.token
    const answer = await operatorOf(bystander?.url ?? '', token).call(
      'POST',
      `/api/v1/tasks/line/rounds/${id}/abandon`,
      { reason: 'a test' },
    )
    expect(answer).toMatchObject({ status: 200, body: { phase: 'abandoned', reason: 'operator' } })
  })
})
