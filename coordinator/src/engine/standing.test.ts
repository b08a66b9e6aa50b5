import { type ClientId, ModelVersion, RoundId, roundId } from '@tributary/protocols'
import { virtualClock } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import type { Member } from '../round/member.ts'
import {
  aCompleted,
  aMember,
  anAbandoned,
  aSelecting,
  aTally,
  aTraining,
  clientOf,
  digestOf,
  digits,
  publicKey,
} from '../round/round.builders.ts'
import type { Round } from '../round/round.ts'
import type { Outcome } from './happening.ts'
import { createStandings } from './standing.ts'

const client = clientOf(1)
const id = (number: number) => roundId(digits, number)
const head = (number: number, follows?: number) => ({
  id: id(number),
  number,
  buffer: { since: ModelVersion.parse(1), ...(follows !== undefined && { follows: id(follows) }) },
})
const training = (number: number, follows?: number) => aTraining({ invited: 2 }, head(number, follows))
const completed = (number: number, follows?: number) => aCompleted(head(number, follows))
const row = (number: number, status: Member['status'] = 'accepted', invited = 1): Member => ({
  ...aMember(status, { client, round: id(number) }),
  invitation: {
    round: id(invited),
    base: { version: ModelVersion.parse(7), digest: digestOf(7) },
    publicKey,
    at: 1,
  },
})

const aWorld = (rounds: Round[], members: Member[]) => {
  const clock = virtualClock()
  const dispatched: RoundId[] = []
  const standings = createStandings({
    clock,
    engine: {
      view: async (wanted) => rounds.find((round) => round.id === wanted),
      member: async (wanted: RoundId, who: ClientId) =>
        members.find((member) => member.round === wanted && member.client === who),
      async dispatch(wanted): Promise<Outcome> {
        dispatched.push(wanted)
        const is = rounds.find((round) => round.id === wanted)
        return is?.phase === 'training' ? { kind: 'changed' } : { kind: 'refused', reason: 'round-over' }
      },
    },
  })
  return { standings, clock, rounds, members, dispatched }
}

test('[R33] a client stands in the round that it was invited to, and then in the last that has taken it over', async () => {
  const { standings } = aWorld([training(1)], [row(1)])
  expect(await standings.of(id(1), client)).toMatchObject({ round: { id: id(1) }, between: false })
  const later = aWorld([completed(1), completed(2, 1), training(3, 2)], [row(1), row(2), row(3)])
  expect(await later.standings.of(id(1), client)).toMatchObject({ round: { id: id(3) }, between: false })
  const done = aWorld([completed(1), completed(2, 1), training(3, 2)], [row(1), row(2, 'received')])
  expect(await done.standings.of(id(1), client)).toMatchObject({
    round: { id: id(2) },
    member: { status: 'received' },
  })
})

test('[R33] it is between two rounds until the next has taken over whom it takes over', async () => {
  for (const next of [[], [aSelecting(head(2, 1))]])
    expect(await aWorld([completed(1), ...next], [row(1)]).standings.of(id(1), client)).toMatchObject({
      round: { id: id(1) },
      between: true,
    })
  const empty = anAbandoned({ ...head(2, 1), tally: aTally({ invited: 0 }) })
  const { standings } = aWorld([completed(1), empty, training(3, 1)], [row(1), row(3)])
  expect(await standings.of(id(1), client)).toMatchObject({ round: { id: id(3) }, between: false })
})

test('[R31] a round that goes on without it is named, also where it has invited the client anew', async () => {
  for (const anew of [[], [row(2, 'invited', 2)]])
    expect(
      await aWorld([completed(1), training(2, 1)], [row(1), ...anew]).standings.of(id(1), client),
    ).toMatchObject({ round: { id: id(1) }, between: false, passedOverBy: { id: id(2) } })
})

test('[R33] whoever comes between two rounds waits for the next, for five seconds', async () => {
  const world = aWorld([completed(1)], [row(1)])
  const waiting = world.standings.decide(id(1), client, { type: 'accepted', client })
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  for (let looks = 0; looks < 10; looks++) {
    await turn()
    world.clock.advanceTo(world.clock.now() + 100)
  }
  expect(world.dispatched).toEqual([])
  world.rounds.push(training(2, 1))
  world.members.push(row(2))
  await turn()
  world.clock.advanceTo(world.clock.now() + 100)
  expect(await waiting).toMatchObject({ standing: { round: { id: id(2) } }, outcome: { kind: 'changed' } })

  const never = aWorld([completed(1)], [row(1)])
  const given = never.standings.settled(id(1), client)
  for (let looks = 0; looks < 50; looks++) {
    await turn()
    never.clock.advanceTo(never.clock.now() + 100)
  }
  expect(await given).toMatchObject({ between: true })
})

test('a member of a synchronous round stands in it, however it has ended', async () => {
  const { buffer: _, ...plain } = head(1)
  const { standings } = aWorld([aCompleted(plain)], [aMember('accepted', { client, round: id(1) })])
  expect(await standings.of(id(1), client)).toMatchObject({ round: { id: id(1) }, between: false })
  expect(await standings.of(RoundId.parse('digits.9'), client)).toBeUndefined()
})
