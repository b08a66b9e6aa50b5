import type { TaskFileInput } from '@tributary/protocols/task'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { byThePaper, expectedByAge, receivedIn } from '../fleet/buffered-rounds.ts'
import { aGate, stallOnce } from '../fleet/gate.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { type LineFleet, startLineFleet } from '../fleet/line-fleet.ts'
import { bitsOf } from '../fleet/reference-fedavg.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

let fleet: LineFleet
let coordinator: LineFleet['coordinator']
let joined: LineFleet['joined']
let join: LineFleet['join']
beforeEach(async () => {
  fleet = await startLineFleet()
  ;({ coordinator, joined, join } = fleet)
})
afterEach(() => fleet[Symbol.asyncDispose]())

const buffered = (
  mode: Partial<Extract<TaskFileInput['mode'], { kind: 'buffered' }>>,
  rounds: number,
  trainingSeconds = 60,
): TaskFileInput =>
  lineTask({
    clients: 2,
    trainingSeconds,
    mode: { kind: 'buffered', concurrency: 3, ...mode },
    schedule: { kind: 'continuous' },
    stop: { kind: 'completed-rounds', rounds },
  })

/** Round `number` of the task, once it owes nothing more, which made what its updates come to. */
const completed = async (number: number, weightOf = byThePaper) => {
  await coordinator.settled(`line.${number}`)
  const round = await coordinator.operator.round(`line.${number}`)
  if (round.phase !== 'completed') throw new Error(`${round.id} is ${round.phase}`)
  const weights = await coordinator.operator.weights('line', round.version.version)
  expect(bitsOf(weights)).toEqual(bitsOf(await expectedByAge(coordinator.operator, joined, round, weightOf)))
  return round
}

describe('a buffered task', () => {
  test('[R30] [R32] goes on while a slow client trains, and counts its update by its age in the round that it comes in', async () => {
    const slow = aGate()
    const fast = aGate()
    let trainings = 0
    const untilThird = (signal: AbortSignal) => (++trainings > 4 ? fast.hold(signal) : Promise.resolve())
    await coordinator.operator.createTask(buffered({}, 3))
    const [late] = (await join({ hold: slow.hold })) as [LineClient]
    await until('it to train', () => late.client.state.is === 'training')
    const others = await join({ hold: untilThird }, { hold: untilThird })
    for (const number of [1, 2]) {
      const round = await completed(number)
      expect(receivedIn(round).map(({ client }) => client)).toEqual(others.map(({ id }) => id).toSorted())
      expect(round.members.map(({ invitation }) => invitation?.version).toSorted()).toEqual([
        1,
        number,
        number,
      ])
    }
    slow.open()
    await until('the late update', () => late.heard.submitted.length > 0)
    fast.open()
    const third = await completed(3)
    expect(receivedIn(third)).toContainEqual(
      expect.objectContaining({ client: late.id, invitation: { round: 'line.1', version: 1 } }),
    )
    expect(late.heard).toMatchObject({ submitted: ['line.1'], failed: [], errors: [] })
    expect(late.heard.ended).toContainEqual({ round: 'line.1', outcome: { kind: 'completed', version: 4 } })
    for (const { heard } of others) expect(heard.errors).toEqual([])
  })

  test('[R30] waits for a client that has been enrolled since the round began', async () => {
    const { operator, url } = coordinator
    const gate = aGate()
    await operator.createTask(buffered({}, 1))
    const [first] = (await join({ hold: gate.hold })) as [LineClient]
    await until('it to train', () => first.client.state.is === 'training')
    const second = await lineClient(await operator.invite(1), { url, rows: rowsOf(1) })
    gate.open()
    await until('its update', () => first.heard.submitted.length > 0)
    expect(await operator.round('line.1')).toMatchObject({ phase: 'training' })
    await second.client.join()
    await coordinator.settled('line.1')
    await second.client.leave()
    expect(receivedIn(await operator.round('line.1')).map(({ client }) => client)).toEqual(
      [first.id, second.id].toSorted(),
    )
  })

  test('[R31] tells a client that has fallen too far behind, which goes on from the newest version', async () => {
    await coordinator.operator.createTask(
      buffered({ concurrency: 4, staleness: { kind: 'constant', most: 1 } }, 1_000),
    )
    const [late] = (await join({ hold: stallOnce() })) as [LineClient]
    await until('it to train', () => late.client.state.is === 'training')
    await join({}, {}, {})
    await until('the late client to be told', () =>
      late.heard.ended.some(({ round, outcome }) => round === 'line.1' && outcome.kind === 'closed'),
    )
    const rows = []
    for (const number of [1, 2])
      rows.push((await completed(number, () => 1)).members.find(({ client }) => client === late.id))
    expect(rows[0]).toEqual({
      client: late.id,
      status: 'accepted',
      invitation: { round: 'line.1', version: 1 },
      invitedAt: expect.any(String),
      acceptedAt: expect.any(String),
      since: rows[0]?.acceptedAt,
    })
    expect(rows[1]).toEqual(rows[0])
    await until('it to take part again', () => late.heard.submitted.length > 0)
    expect(late.heard.failed).toEqual([])
  })
})
