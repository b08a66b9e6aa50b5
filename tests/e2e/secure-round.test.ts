import { type RoundDetail, restPaths } from '@tributary/protocols/rest'
import { systemClock } from '@tributary/protocols/runtime'
import type { TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aGate } from '../fleet/gate.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { expectedWeights } from '../fleet/line-rounds.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

const DEMO: Extract<TaskFileInput['privacy'], { mode: 'secure-aggregation' }> = {
  mode: 'secure-aggregation',
  audience: 'demo',
  range: 8,
  maxExamples: 50,
  metrics: { loss: 100 },
  stepSeconds: 5,
}

describe('[R22] a round with secure aggregation, over real lines', () => {
  test.each(['direct', 'confirmed'] as const)(
    '[R25] unmasked %sly, makes the same model as in the clear, within a level of the quantizer, and shows nobody’s update',
    async (unmasking) => {
      await using coordinator = await startCoordinator()
      const { operator } = coordinator
      const clients = await joined(coordinator, 5, { ...DEMO, unmasking })
      await coordinator.settled('line.1')
      const round = await operator.round('line.1')
      expect(round).toMatchObject({ phase: 'completed', tally: { invited: 5, received: 5, failed: 0 } })
      await expectMeanOf(clients, round, operator)
      expect(round.phase === 'completed' && round.examples).toBe(5 + 6 + 7 + 8 + 9)
      for (const member of round.members)
        expect(Object.keys(member).sort()).toEqual([
          'acceptedAt',
          'bytes',
          'client',
          'invitedAt',
          'receivedAt',
          'since',
          'status',
        ])
      const { file } = await operator.task('line')
      const check = await operator.call('POST', restPaths.taskChecks, { ...file, id: 'another' })
      expect(Object(check.body)).toMatchObject({ size: { bytesUp: Object(round.members[0]).bytes } })
      const measured = await operator.call('GET', restPaths.taskMetrics(round.task))
      expect(Object(measured.body).items[0].bands).toEqual({})
      for (const { heard } of clients) expect([heard.errors, heard.failed]).toEqual([[], []])
      await Promise.all(clients.map(({ client }) => client.leave()))
    },
  )

  test('goes on without those who drop out, before their keys and after', async () => {
    await using coordinator = await startCoordinator()
    const { operator } = coordinator
    const clients = await joined(
      coordinator,
      6,
      { ...DEMO, corrupt: 0, stepSeconds: 1 },
      {
        // One declines at once; one leaves in the middle of its training.
        0: { onInvitation: () => 'busy' },
        1: { hold: (signal) => leaving(1, signal) },
      },
    )
    const leaving = (n: number, signal: AbortSignal) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        void clients[n]?.client.leave()
      })
    await coordinator.settled('line.1')
    const round = await operator.round('line.1')
    expect(round).toMatchObject({
      phase: 'completed',
      tally: { invited: 6, declined: 1, failed: 1, received: 4 },
    })
    await expectMeanOf(clients.slice(2), round, operator)
    await Promise.all(clients.map(({ client }) => client.leave()))
  })

  test('[S6] counts who trains for longer than a step lasts: the deadline of an invitation is that of joining', async () => {
    await using coordinator = await startCoordinator()
    const { operator } = coordinator
    const clock = systemClock()
    const beyondTheStep = () => new Promise<void>((up) => clock.wakeAt(clock.now() + 3_500, up))
    const clients = await joined(
      coordinator,
      4,
      { ...DEMO, corrupt: 0, stepSeconds: 2 },
      { 0: { hold: beyondTheStep } },
    )
    await coordinator.settled('line.1')
    const round = await operator.round('line.1')
    expect(round).toMatchObject({ phase: 'completed', tally: { invited: 4, received: 4, failed: 0 } })
    await expectMeanOf(clients, round, operator)
    await Promise.all(clients.map(({ client }) => client.leave()))
  })

  test('[R27] of two groups is two sums, and their mean is that of all clients', async () => {
    await using coordinator = await startCoordinator()
    const { operator } = coordinator
    const gate = aGate()
    const habits = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, { hold: gate.hold }]))
    const clients = await joined(coordinator, 8, { ...DEMO, corrupt: 0, groupSize: 4 }, habits, 8)
    const groups = await until('all to train', async () => {
      const during = await operator.round('line.1')
      return during.phase === 'training' && during.step === 'masking' && during.groups
    })
    const group = { step: 'masking', clients: 4, threshold: 4 }
    expect(groups).toEqual([group, group])
    gate.open()
    await coordinator.settled('line.1')
    const round = await operator.round('line.1')
    expect(round).toMatchObject({ phase: 'completed', tally: { invited: 8, received: 8, failed: 0 } })
    await expectMeanOf(clients, round, operator)
    await Promise.all(clients.map(({ client }) => client.leave()))
  })

  test('is refused by an app that asks for more than the task has, which gives nothing away', async () => {
    await using coordinator = await startCoordinator()
    // One refusal leaves a quorum, two do not: the round is not over before both have looked at it.
    const refusing = {
      0: { privacy: { audience: 'demo' as const, floors: { least: 50 } } },
      1: { privacy: {} },
    }
    const clients = await joined(coordinator, 5, DEMO, refusing, 4)
    await coordinator.settled('line.1')
    expect(await coordinator.operator.round('line.1')).toMatchObject({
      phase: 'abandoned',
      reason: 'cannot-reach-quorum',
      detail: expect.stringContaining('left'),
    })
    expect(clients.map(({ heard }) => heard.failed[0]?.reason)).toEqual([
      'privacy-floor',
      'privacy-floor',
      undefined,
      undefined,
      undefined,
    ])
    await Promise.all(clients.map(({ client }) => client.leave()))
  })
})

type Coordinator = Awaited<ReturnType<typeof startCoordinator>>
type More = Partial<Omit<Parameters<typeof lineClient>[1], 'url' | 'rows'>>

/** Clients with rows of their own in a round of all of them, of which three are the quorum. */
const joined = async (
  { url, operator }: Coordinator,
  count: number,
  privacy: TaskFileInput['privacy'],
  more: Record<number, More> = {},
  quorum = Math.min(count, 3),
): Promise<LineClient[]> => {
  const token = await operator.invite(count)
  const clients = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      lineClient(token, { url, rows: rowsOf(n + 1), privacy: { audience: 'demo' }, ...more[n] }),
    ),
  )
  // A round wants no more clients than are enrolled when it begins.
  await operator.createTask(
    lineTask({
      clients: count,
      quorum,
      privacy,
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds: 1 },
    }),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
  return clients
}

/** Eight units over as many levels as 32 bits have for six clients, of which an example is a fiftieth. */
const LEVEL = (6 * 8 * 50) / (2 ** 31 / 6) / 20

const expectMeanOf = async (
  clients: readonly LineClient[],
  round: RoundDetail,
  operator: Coordinator['operator'],
) => {
  if (round.phase !== 'completed') throw new Error(`${round.id} is ${round.phase}`)
  const inTheClear = await expectedWeights(operator, clients, round)
  const weights = await operator.weights('line', round.version.version)
  for (const [at, weight] of inTheClear.entries())
    expect(Math.abs((weights[at] ?? Number.NaN) - weight)).toBeLessThan(LEVEL + 1e-6)
  const losses = clients.map(({ trainer }) => trainer.trainings[0] ?? { loss: 0, examples: 0 })
  const examples = losses.reduce((sum, one) => sum + one.examples, 0)
  const loss = losses.reduce((sum, one) => sum + one.loss * one.examples, 0) / examples
  expect(round.metrics.loss).toBeCloseTo(loss, 4)
}
