import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { loadEnvelopePrimitives } from '@tributary/coordinator'
import { integerBelow, seededRandom } from '@tributary/protocols/runtime'
import { digestOf, encodeSafetensors, type TensorManifest, totalElements } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { expectedByAge, receivedIn } from '../fleet/buffered-rounds.ts'
import {
  type CoordinatorProcess,
  portToReturnTo,
  spawnCoordinator,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { filesIn, temporaryFolder } from '../fleet/folder-bytes.ts'
import { askDatabase, savedPhase } from '../fleet/folder-database.ts'
import { aGate } from '../fleet/gate.ts'
import { hurriedClock } from '../fleet/hurried-clock.ts'
import { type LineClient, type LineClientOptions, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { expectedWeights } from '../fleet/line-rounds.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { bitsOf, type PlainUpdate, referenceFedavg } from '../fleet/reference-fedavg.ts'
import { lineTask, vectorTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

// Processes start many times over, each in seconds where the machine has other things to do.
vi.setConfig({ testTimeout: 120_000 })

const DOOMED = fileURLToPath(new URL('../fleet/doomed-coordinator.ts', import.meta.url))

const SEED = Number(process.env.TRIBUTARY_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const KILLS = 5

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let port: number
let running: CoordinatorProcess
let operator: Operator
let clients: LineClient[]

beforeEach(async () => {
  folder = await temporaryFolder()
  port = await portToReturnTo()
  clients = []
})
afterEach(async () => {
  await Promise.all(clients.map(({ client }) => client.leave()))
  await running[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** Starts the coordinator on the test's folder and port, or one that is doomed. */
const start = async (...doom: string[]) => {
  running = await startCoordinatorProcess({
    folder: folder.path,
    port,
    ...(doom.length > 0 ? { program: DOOMED, flags: doom } : {}),
  })
  if (running.firstAdminToken) operator = operatorOf(running.url, running.firstAdminToken)
}

/** Starts one that is doomed, and waits until it is dead. */
const startAndDie = async (...doom: string[]) => {
  const { exited } = spawnCoordinator({ folder: folder.path, port, program: DOOMED, flags: doom })
  expect(await exited).toMatchObject({ signal: 'SIGKILL' })
}

type Habits = Omit<Partial<LineClientOptions>, 'url' | 'task'>

const join = async (...habits: Habits[]) => {
  const token = await operator.invite(habits.length)
  clients = await Promise.all(
    habits.map((habit, i) => lineClient(token, { url: running.url, rows: rowsOf(i), ...habit })),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
}

const completed = (id: string) =>
  until(
    `${id} to be completed`,
    async () => {
      const round = await operator.round(id).catch(() => undefined) // it may be down at present
      if (round?.phase === 'abandoned') throw new Error(`${id} is abandoned: ${round.detail}`)
      return round?.phase === 'completed' && round
    },
    { withinMs: 25_000, everyMs: 50 },
  )

/** The round completed once, with every client's update once, and made what a plain computation makes of them. */
const completedExactly = async (id: string) => {
  const round = await completed(id)
  expect(round.members.map(({ client, status }) => `${client} ${status}`)).toEqual(
    clients.map((client) => `${client.id} received`).toSorted(),
  )
  expect(round.examples).toBe(clients.reduce((sum, client) => sum + (client.updateFor(id)?.examples ?? 0), 0))
  const weights = await operator.weights('line', round.version.version)
  expect(bitsOf(weights)).toEqual(bitsOf(await expectedWeights(operator, clients, round)))
  return round
}

/** Nothing of the rounds that ended is left: no key, no update. */
const settled = () =>
  until(
    'all rounds to be settled',
    async () =>
      askDatabase(folder.path, 'select * from rounds where settled = 0').length === 0 &&
      askDatabase(folder.path, 'select * from round_keys').length === 0 &&
      (await filesIn(`${folder.path}/updates`)).length === 0,
  )

describe('[R18] kill -9 of the coordinator', () => {
  test('while updates come in: clients come back by themselves, and what was acknowledged counts exactly once', async () => {
    await start()
    await operator.createTask(lineTask({ clients: 4 }))
    const gate = aGate()
    await join({}, {}, { hold: gate.hold }, { hold: gate.hold })
    const [first, second, third, fourth] = clients as [LineClient, LineClient, LineClient, LineClient]
    await operator.trigger('line')
    const acknowledged = (client: LineClient) => client.heard.submitted.length === 1
    await until('two updates to be acknowledged', () => acknowledged(first) && acknowledged(second))
    await until('the others to be training', () =>
      [third, fourth].every(({ client }) => client.state.is === 'training'),
    )
    await running.kill()
    gate.open()
    await until('the others to find nobody to hand their updates to', () =>
      [third, fourth].every(({ client }) => client.state.is === 'submitting' && !client.state.online),
    )
    await start()

    const round = await completedExactly('line.1')
    expect(round.tally).toMatchObject({ invited: 4, received: 4 })
    for (const { heard } of clients) expect(heard.submitted).toEqual(['line.1'])
    await until('all clients to have the new model', () =>
      clients.every(({ client }) => client.model?.version === 2),
    )
    await settled()
  })

  test('[R31] [R33] while buffered rounds have clients at work: whoever was invited before counts once, by its age', async () => {
    await start()
    await operator.createTask(
      lineTask({
        clients: 2,
        mode: { kind: 'buffered', concurrency: 3 },
        schedule: { kind: 'continuous' },
        stop: { kind: 'completed-rounds', rounds: 4 },
      }),
    )
    const [gate, lateIsIn] = [aGate(), aGate()]
    /** Two trainings, and a third behind the gate; fourths could end the last round before the late client has found its way back. */
    const prompt = () => {
      let trainings = 0
      return (signal: AbortSignal) =>
        ++trainings < 3 ? Promise.resolve() : trainings === 3 ? gate.hold(signal) : lateIsIn.hold(signal)
    }
    await join({ hold: gate.hold }, { hold: prompt() }, { hold: prompt() })
    const [late] = clients as [LineClient]
    await completed('line.1')
    await completed('line.2')
    await until('all to be at work', () => clients.every(({ client }) => client.state.is === 'training'))
    await running.kill()
    gate.open()
    await until('all to find nobody to hand their updates to', () =>
      clients.every(({ client }) => client.state.is === 'submitting' && !client.state.online),
    )
    await start()
    await until('the late update to be acknowledged', () => late.heard.submitted.length > 0)
    lateIsIn.open()

    const rounds = []
    for (const number of [1, 2, 3, 4]) {
      const round = await completed(`line.${number}`)
      const weights = await operator.weights('line', round.version.version)
      expect(bitsOf(weights)).toEqual(bitsOf(await expectedByAge(operator, clients, round)))
      rounds.push(round)
    }
    const counted = rounds.flatMap((round) =>
      receivedIn(round).flatMap(({ client, invitation }) =>
        client === late.id && invitation?.round === late.heard.submitted[0] ? [round.number] : [],
      ),
    )
    expect(counted).toHaveLength(1)
    expect(counted[0]).toBeGreaterThan(2)
    await settled()
  })

  test('when the last update has come, and again when the new weights have been saved: the version is made once', async () => {
    await start('--die-when', 'aggregating')
    await operator.createTask(lineTask({ clients: 3 }))
    const clock = hurriedClock(20)
    await join({ clock }, { clock }, { clock })
    await operator.trigger('line')
    expect(await running.exited).toMatchObject({ signal: 'SIGKILL' })
    expect(savedPhase(folder.path, 'line.1')).toBe('aggregating')

    await startAndDie('--die-when', 'completed')
    expect(askDatabase(folder.path, 'select phase, settled from rounds')).toEqual([
      { phase: 'completed', settled: 0 },
    ])
    expect(askDatabase(folder.path, 'select * from round_keys')).toHaveLength(1)
    expect(await filesIn(`${folder.path}/updates`)).not.toEqual([])

    await start()
    await completedExactly('line.1')
    await settled()
    expect((await operator.models('line')).map(({ version }) => version)).toEqual([1, 2])
    await until('all clients to have the new model', () =>
      clients.every(({ client }) => client.model?.version === 2),
    )
  })

  test(`again and again while it aggregates: the model is the same as if it had not been (seed ${SEED})`, async () => {
    const random = seededRandom(SEED).fork('aggregating')
    await start('--die-when', 'aggregating')
    const tensors: TensorManifest = [{ name: 'w', shape: [1_000_000], dtype: 'F32' }]
    await operator.createTask(vectorTask({ clients: 3, tensors }))
    const updates = await handIn(tensors)
    expect(await running.exited).toMatchObject({ signal: 'SIGKILL' })

    const phases: unknown[] = []
    for (let kill = 1; kill <= 4; kill++) {
      await startAndDie('--die-after', String(30 + integerBelow(random, 250)))
      phases.push(savedPhase(folder.path, 'vector.1'))
    }
    expect(phases[0]).toBe('aggregating')
    await start()
    const round = await completed('vector.1')
    const expected = referenceFedavg(new Float32Array(1_000_000).fill(1), updates)
    expect(round.version.digest).toBe(digestOf(encodeSafetensors({ tensors, values: expected })))
    await settled()
  })

  test(`at ${KILLS} random moments: every round completes, with every update exactly once (seed ${SEED})`, async () => {
    const random = seededRandom(SEED).fork('moments')
    await start()
    const rounds = 3
    await operator.createTask(
      lineTask({
        clients: 3,
        trainingSeconds: 600,
        selectionSeconds: 600,
        schedule: { kind: 'continuous' },
        stop: { kind: 'completed-rounds', rounds },
      }),
    )
    const clock = hurriedClock(20)
    const hold = () => delay(integerBelow(random, 200))
    await join({ clock, hold }, { clock, hold }, { clock, hold })
    for (let kill = 1; kill <= KILLS; kill++) {
      await until('somebody to have come back', () => clients.some(isOnline))
      await delay(integerBelow(random, 300))
      await running.kill()
      await start()
    }
    for (let number = 1; number <= rounds; number++) {
      const round = await completedExactly(`line.${number}`)
      expect(round.base.version).toBe(number)
    }
    await settled()
    expect((await operator.models('line')).map(({ version }) => version)).toEqual([1, 2, 3, 4])
    for (const { heard } of clients) expect(heard.errors).toEqual([])
  })
})

const isOnline = ({ client: { state } }: LineClient): boolean =>
  state.is === 'waiting' || ('online' in state && state.online)

/** Three raw clients hand in an update of these tensors each, one of which may never be answered. */
const handIn = async (tensors: TensorManifest): Promise<PlainUpdate[]> => {
  const { primitives } = await loadEnvelopePrimitives()
  const token = await operator.invite(3)
  const raw = await Promise.all([1, 2, 3].map(() => enrolRawClient(running.url, token)))
  for (const client of raw) {
    await client.connect()
    client.send(checkIn('vector'))
  }
  await operator.trigger('vector')
  return Promise.all(
    raw.map(async (client, n) => {
      const invitation = await client.next('invitation')
      const examples = 10 + n
      const delta = Float32Array.from({ length: totalElements(tensors) }, (_, i) => Math.sin((n + 1) * i))
      const file = encodeSafetensors({ tensors, values: delta })
      const to = { round: invitation.round, client: client.id, token: invitation.session.token }
      await upload(running.url, to, sealFor(client, invitation, file, { examples, primitives })).catch(
        () => {},
      )
      return { client: client.id, delta, examples }
    }),
  )
}
