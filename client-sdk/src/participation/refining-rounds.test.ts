import type { RoundId } from '@tributary/protocols'
import { Manifest } from '@tributary/protocols/secagg'
import { manifestOfRound } from '@tributary/protocols/secure-round'
import { describe, expect, test } from 'vitest'
import type { Trainer } from '../training/trainer.ts'
import { round } from './participant.builders.ts'
import { shiftBy } from './secure-clients.builders.ts'
import { aSecureAssignment, aSecureWorld, clientOf } from './secure-world.builders.ts'

const refining = { steps: 3, nu: 0.01 }

/** Round 1 is over, and this client, which counts its trainings, is asked to a round 2 that refines it. */
const asked = async (more: { refining?: typeof refining; clients?: number; refines?: RoundId } = {}) => {
  let trainings = 0
  const trainer: Trainer = {
    train(job) {
      trainings++
      return shiftBy(1).train(job)
    },
  }
  const world = await aSecureWorld({ peculiar: { 0: { trainer } }, refining: more.refining ?? refining })
  world.begin()
  await world.ended()
  const client = clientOf(world, 0)
  const clients = more.clients ?? 3
  const { seedCommitment } = world.manifest.graph
  const manifest = manifestOfRound(aSecureAssignment({}, refining), {
    ...world.manifest,
    round: round(2),
    refines: more.refines ?? round(1),
    cohort: { least: clients, most: clients },
    seedCommitment,
  })
  const ask = () =>
    client.tell({ ...world.invitation(), round: round(2), manifest: Manifest.parse(manifest) })
  return { world, client, ask, trainings: () => trainings }
}
type Asked = Awaited<ReturnType<typeof asked>>

const answers = ({ world, client }: Asked, type: 'decline' | 'failed' | 'secagg-advertise') =>
  world.until(`it says ${type}`, () => client.said(type).some((said) => said.round === round(2)))

describe('[M17] a client that is asked to a round that refines the one it trained in', () => {
  test('takes part without training', async () => {
    const stage = await asked()
    stage.ask()
    await answers(stage, 'secagg-advertise')
    expect(stage.trainings()).toBe(1)
    expect([stage.client.said('decline'), stage.client.said('failed')]).toEqual([[], []])
    await stage.world.end()
  })

  test('declines where it was another round, and where it has left meanwhile: then nothing is kept', async () => {
    const other = await asked({ refines: round(7) })
    other.ask()
    await answers(other, 'decline')
    const left = await asked()
    left.client.participant.leave()
    left.client.participant.join()
    await left.world.until('it is back', () => left.client.status() === 'waiting')
    left.ask()
    await answers(left, 'decline')
    for (const { client, world } of [other, left]) {
      expect(client.said('decline')).toMatchObject([{ reason: 'no-data' }])
      await world.end()
    }
  })

  test.each<[string, Parameters<typeof asked>[0]]>([
    ['the sum would be over fewer clients than the first', { clients: 2 }],
    ['the sum would be over more', { clients: 4 }],
    ['its task sums nothing twice', { refining: { steps: 1, nu: 0.01 } }],
  ])('gives nothing away where %s', async (_, more) => {
    const stage = await asked(more)
    stage.ask()
    await answers(stage, more?.refining ? 'decline' : 'failed')
    const { client } = stage
    if (!more?.refining)
      expect(client.said('failed')).toMatchObject([{ round: round(2), reason: 'privacy-floor' }])
    expect(client.said('secagg-advertise').map(({ round }) => round)).toEqual([round(1)])
    expect(stage.trainings()).toBe(1)
    await stage.world.end()
  })
})
