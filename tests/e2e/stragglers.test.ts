import { RoundId } from '@tributary/protocols'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aGate, stallOnce } from '../fleet/gate.ts'
import type { LineClient } from '../fleet/line-clients.ts'
import { type Habits, type LineFleet, startLineFleet } from '../fleet/line-fleet.ts'
import { expectedWeights } from '../fleet/line-rounds.ts'
import { rawClient } from '../fleet/raw-client.ts'
import { beginRawRound, type RawMember } from '../fleet/raw-rounds.ts'
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

/** The round has completed with these updates and no others, and made of them what it should. */
const completedWith = async (id: string, clients: readonly LineClient[]) => {
  await coordinator.settled(id)
  const round = await coordinator.operator.round(id)
  if (round.phase !== 'completed') throw new Error(`${id} is ${round.phase}`)
  const received = round.members.filter(({ status }) => status === 'received').map(({ client }) => client)
  expect(received.toSorted()).toEqual(clients.map(({ id }) => id).toSorted())
  const weights = await coordinator.operator.weights('line', round.version.version)
  expect(bitsOf(weights)).toEqual(bitsOf(await expectedWeights(coordinator.operator, clients, round)))
  return round
}

describe('a client that disconnects', () => {
  test('[R10] for good is waited for until the deadline, and no longer', async () => {
    await using round = await beginRawRound(coordinator, { clients: 3, quorum: 2, trainingSeconds: 1 })
    const [gone, ...others] = round.members as [RawMember, ...RawMember[]]
    gone.send({ type: 'accept', round: RoundId.parse(round.id) })
    gone.disconnect()
    await round.completes(others)
  })

  test('[C3] and comes back is invited again, and its update counts', async () => {
    await using round = await beginRawRound(coordinator, { clients: 3, quorum: 2 })
    const { one } = round
    one.send({ type: 'accept', round: RoundId.parse(round.id) })
    one.disconnect()
    const again = rawClient(coordinator.url, one.identity)
    await again.connect()
    again.send({ type: 'check-in', task: round.task, round: RoundId.parse(round.id) })
    const { session, deadline, ...invitation } = await again.next('invitation')
    expect(one.invitation).toMatchObject(invitation)
    expect(deadline.at).toBe(one.invitation.deadline.at)
    expect(deadline.inMs).toBeLessThanOrEqual(one.invitation.deadline.inMs)
    await round.completes()
    again.send({ type: 'check-in', task: round.task, round: RoundId.parse(round.id) })
    expect(await again.next('round-ended')).toMatchObject({ outcome: { kind: 'completed', version: 2 } })
    again.disconnect()
  })
})

test('[R11] a client that stalls is waited for until the deadline, told that the round has closed, and takes part in the next', async () => {
  await coordinator.operator.createTask(lineTask({ clients: 3, quorum: 2, trainingSeconds: 2 }))
  const [slow, ...others] = (await join({ hold: stallOnce() }, {}, {})) as [LineClient, ...LineClient[]]
  await coordinator.operator.trigger('line')
  await completedWith('line.1', others)
  expect(slow.heard.ended).toContainEqual({ round: 'line.1', outcome: { kind: 'closed' } })
  expect(slow.heard.submitted).toEqual([])
  await coordinator.operator.trigger('line')
  await completedWith('line.2', joined)
})

describe('[R8] nobody is waited for who has said that no update will come', () => {
  const diverging = { rows: [{ x: [1e30, 1e30] as const, y: 1e30 }] }
  test.each<[string, Habits, object]>([
    ['a client that declines', { onInvitation: () => 'busy' }, { status: 'declined', reason: 'busy' }],
    ['a client without examples', { rows: [] }, { status: 'failed', reason: 'no-examples' }],
    ['a client whose training diverges', diverging, { status: 'failed', reason: 'diverged' }],
    [
      'a client whose training fails',
      { hold: () => Promise.reject(new Error('the dog ate the data')) },
      { status: 'failed', reason: 'training-error' },
    ],
  ])('%s', async (_, habit, status) => {
    await coordinator.operator.createTask(lineTask({ clients: 3, quorum: 2 }))
    const [odd, ...others] = (await join(habit, {}, {})) as [LineClient, ...LineClient[]]
    await until('all to be there', () => joined.every(({ client }) => client.state.is === 'waiting'))
    await coordinator.operator.trigger('line')
    const round = await completedWith('line.1', others)
    expect(round.members).toContainEqual(expect.objectContaining({ client: odd.id, ...status }))
    await until('the model to reach all', () => joined.every(({ client }) => client.model?.version === 2))
  })
})

describe('nobody is waited for who leaves, though the line ends with the very word', () => {
  test('[C7] a client that is told to leave while it trains', async () => {
    await coordinator.operator.createTask(lineTask({ clients: 3, quorum: 2 }))
    const [leaving, ...others] = (await join({ hold: aGate().hold }, {}, {})) as [LineClient, ...LineClient[]]
    await coordinator.operator.trigger('line')
    await until('it to be training', () => leaving.client.state.is === 'training')
    await leaving.client.leave()
    const round = await completedWith('line.1', others)
    expect(round.members).toContainEqual(
      expect.objectContaining({ client: leaving.id, status: 'failed', reason: 'aborted' }),
    )
  })

  test('[L9] a client that changes its mind again and again, declines and hangs up: its last word counts', async () => {
    await using round = await beginRawRound(coordinator, { clients: 3, quorum: 2 })
    const [gone, ...others] = round.members as [RawMember, ...RawMember[]]
    const id = RoundId.parse(round.id)
    for (let times = 0; times < 20; times++) {
      gone.send({ type: 'decline', round: id, reason: 'busy' })
      gone.send({ type: 'accept', round: id })
    }
    gone.send({ type: 'decline', round: id, reason: 'conditions' })
    gone.disconnect()
    await until('its last word to count', async () => {
      const member = (await coordinator.operator.round(id)).members.find(({ client }) => client === gone.id)
      return member?.status === 'declined' && member.reason === 'conditions'
    })
    await round.completes(others)
  })
})

describe('a round without a quorum is abandoned with its reason, leaves the model as it was, and the next begins by schedule', () => {
  const continuous = {
    schedule: { kind: 'continuous' },
    stop: { kind: 'completed-rounds', rounds: 1 },
  } as const

  /** Round 1 is abandoned so, and round 2 completes. */
  const abandonedThenCompleted = async (reason: string) => {
    const first = await coordinator.settled('line.1')
    expect(first).toMatchObject({ phase: 'abandoned', reason })
    await completedWith('line.2', joined)
    const models = await coordinator.operator.models('line')
    expect(models.map(({ version, parent }) => [version, parent])).toEqual([
      [1, null],
      [2, 1],
    ])
    expect(first.base).toEqual({ version: 1, digest: models[0]?.weights.digest })
    expect((await coordinator.operator.round('line.2')).base).toEqual(first.base)
    for (const { heard } of joined)
      await until('all to have the model', () => heard.models.some(({ version }) => version === 2))
  }

  test('[R9] at once, where too few are left to reach it', async () => {
    await coordinator.operator.createTask(lineTask({ clients: 3, quorum: 2, ...continuous }))
    const busyAtFirst: Habits = { onInvitation: ({ round }) => (round === 'line.1' ? 'busy' : 'accept') }
    await Promise.all([coordinator.round('line.1', 'selecting'), join(busyAtFirst, busyAtFirst, {})])
    await abandonedThenCompleted('cannot-reach-quorum')
  })

  test('[R10] at the deadline, where too few updates came', async () => {
    await coordinator.operator.createTask(lineTask({ clients: 2, trainingSeconds: 2, ...continuous }))
    await join({ hold: stallOnce() }, {})
    await abandonedThenCompleted('no-quorum')
    for (const { heard } of joined)
      expect(heard.ended).toContainEqual({
        round: 'line.1',
        outcome: { kind: 'abandoned', reason: 'no-quorum' },
      })
  })

  test('[R3] when selection ends, where too few clients came', async () => {
    await coordinator.operator.createTask(lineTask({ clients: 2, selectionSeconds: 0.3, ...continuous }))
    await join({})
    await coordinator.round('line.1', 'abandoned')
    await join({})
    await abandonedThenCompleted('too-few-clients')
  })
})
