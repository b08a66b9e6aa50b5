import { EncodedSignature } from '@tributary/protocols/crypto'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { type Random, seededRandom } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { memoryParticipationStore } from '../adapters/memory-participation-store.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import { round, task } from './participant.builders.ts'
import type { PrivacyOptions } from './privacy-options.ts'
import { aPatientTrainer, watchedKeys } from './secure-clients.builders.ts'
import { aSecureWorld, clientOf } from './secure-world.builders.ts'

describe('a coordinator that lies', () => {
  const LIES: readonly [string, string, (message: CoordinatorMessage) => CoordinatorMessage[]][] = [
    [
      'the roster is signed by somebody else',
      'bad-signature',
      (message) =>
        message.type === 'secagg-roster'
          ? [{ ...message, signature: EncodedSignature.parse('A'.repeat(86)) }]
          : [message],
    ],
    [
      'survivors are asked about before there are any',
      'out-of-turn',
      (message) =>
        message.type === 'secagg-roster'
          ? [
              {
                type: 'secagg-confirmations',
                round: message.round,
                session: message.seedPart,
                confirmations: [],
              },
            ]
          : [message],
    ],
  ]
  test.each(LIES)('%s: the client leaves with what was said as evidence', async (_, reason, lie) => {
    const { keyRandom, isErased } = watchedKeys()
    const patient = aPatientTrainer(1)
    const world = await aSecureWorld({
      peculiar: { 0: { keyRandom, trainer: patient.trainer } },
      down: (message, to) => (to === 0 ? lie(message) : [message]),
    })
    world.begin()
    const client = clientOf(world, 0)
    await world.until('left', () => client.said('failed').length === 1)
    expect(client.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'secure-aggregation' }])
    expect(client.noticed('failed')).toMatchObject([{ reason: 'secure-aggregation', detail: reason }])
    expect(client.noticed('evidence')).toMatchObject([
      { round: round(1), reason, said: [expect.objectContaining({ round: round(1) })] },
    ])
    expect(client.said('secagg-refuse')).toEqual([{ type: 'secagg-refuse', round: round(1), reason }])
    expect(client.uploads).toEqual([])
    expect(isErased()).toBe(true)
    await world.end()
  })

  test('a repeated invitation commits to something else: the client leaves with what was said as evidence', async () => {
    const world = (
      await aSecureWorld({
        down: (message, to) => (to === 0 && message.type === 'secagg-roster' ? [] : [message]),
      })
    ).begin()
    const client = clientOf(world, 0)
    await world.until('joined', () => client.said('secagg-advertise').length === 1)
    client.tell({ ...world.invitation(), manifest: { ...world.manifest, unmasking: 'confirmed' } })
    await world.until('left', () => client.said('failed').length === 1)
    expect(client.noticed('evidence')).toMatchObject([
      { reason: 'contradiction', said: [{ type: 'secagg-manifest', manifest: { unmasking: 'confirmed' } }] },
    ])
    await world.end()
  })

  test('about survivors, once the vector is in, is told and shown; the vector is not taken back', async () => {
    const world = await aSecureWorld({
      down: (message, to) =>
        to === 0 && message.type === 'secagg-survivors'
          ? [{ ...message, survivors: message.survivors.slice(0, 1) }]
          : [message],
    })
    world.begin()
    const client = clientOf(world, 0)
    await world.until('told', () => client.noticed('problem').length === 1)
    expect(client.noticed('problem')).toMatchObject([{ code: 'session-left' }])
    expect(client.noticed('evidence')).toHaveLength(1)
    expect(client.said('failed')).toEqual([])
    expect(client.said('secagg-unmask')).toEqual([])
    await world.end()
  })
})

describe('what an app insists on', () => {
  test.each<[string, PrivacyOptions]>([
    ['more clients in a sum', { audience: 'demo', floors: { least: 50 } }],
    ['confirmations', { audience: 'demo', floors: { unmasking: 'confirmed' } }],
    ['noise', { audience: 'demo', floors: { noiseMultiplier: 1 } }],
    ['another audience', { audience: 'silo' }],
    ['nothing, of a demonstration', {}],
    ['another coordinator', { audience: 'demo', coordinatorKey: 'B'.repeat(43) }],
  ])('%s: refused before anything is drawn, said or recorded', async (_, privacy) => {
    const drawn: number[] = []
    const random = seededRandom('never drawn')
    const keyRandom: Random = {
      bytes(length) {
        drawn.push(length)
        return random.bytes(length)
      },
    }
    const participations = memoryParticipationStore()
    const world = (await aSecureWorld({ peculiar: { 0: { privacy, keyRandom, participations } } })).begin()
    await world.ended()
    const client = clientOf(world, 0)
    expect(client.noticed('failed')).toMatchObject([{ reason: 'privacy-floor' }])
    expect(client.heard.map(({ type }) => type).filter((type) => /secagg|failed/.test(type))).toEqual([
      'failed',
    ])
    expect([drawn, client.uploads, await participations.load(task)]).toEqual([[], [], undefined])
    expect(world.mean()).toMatchObject({ examples: 25 })
    await world.end()
  })

  test('an invitation without the manifest that its task asks for is refused', async () => {
    const world = await aSecureWorld({
      down(message, to) {
        if (to !== 0 || message.type !== 'invitation') return [message]
        const { manifest: _, ...sealed } = message
        return [sealed]
      },
    })
    world.begin()
    await world.ended()
    expect(clientOf(world, 0).noticed('failed')).toMatchObject([{ reason: 'privacy-floor' }])
    expect(clientOf(world, 0).uploads).toEqual([])
    await world.end()
  })
})

describe('how often a client takes part', () => {
  const noised = {
    metrics: {},
    differentialPrivacy: {
      mechanism: 'distributed' as const,
      budget: { epsilon: 1_000, delta: 1e-5 },
      participation: { most: 2, between: 0 },
      noiseMultiplier: 0.01,
      clipping: { kind: 'fixed' as const, clipNorm: 1 },
      noise: 'skellam' as const,
      dishonest: 0.1,
      relation: 'zero-out' as const,
    },
  }

  test('is written down before its keys are advertised', async () => {
    const written = memoryParticipationStore()
    const disk = Promise.withResolvers<void>()
    let writing = false
    const participations: ParticipationStore = {
      clear: async () => {},
      load: written.load,
      async save(...record) {
        writing = true
        await disk.promise
        await written.save(...record)
      },
    }
    const world = (await aSecureWorld({ privacy: noised, peculiar: { 0: { participations } } })).begin()
    const client = clientOf(world, 0)
    await world.until('all others have joined', () => {
      const server = world.server()
      return writing && server?.phase === 'advertising' && server.advertised.length === 2
    })
    expect([client.status(), client.said('secagg-advertise')]).toEqual(['training', []])
    disk.resolve()
    await world.ended()
    expect(world.mean()).toMatchObject({ examples: 3 })
    expect(await written.load(task)).toEqual({ times: 1, last: 1 })
    await world.end()
  })

  test.each([
    ['has reached its bound', { times: 2, last: null }],
    ['is of a later round', { times: 1, last: 9 }],
    ['cannot be read', { times: 'often' }],
  ])('and whose record %s takes part no more', async (_, record) => {
    const participations: ParticipationStore = {
      clear: async () => {},
      load: async () => record,
      save: async () => {
        throw new Error('nothing is written')
      },
    }
    const world = (await aSecureWorld({ privacy: noised, peculiar: { 0: { participations } } })).begin()
    await world.ended()
    const client = clientOf(world, 0)
    expect(client.said('failed')).toEqual([
      { type: 'failed', round: round(1), reason: 'participation-limit' },
    ])
    expect(client.said('secagg-advertise')).toEqual([])
    await world.end()
  })

  test('and whose record cannot be written gives nothing away', async () => {
    const participations: ParticipationStore = {
      clear: async () => {},
      load: async () => undefined,
      save: async () => {
        throw new Error('the disk is full')
      },
    }
    const world = (await aSecureWorld({ privacy: noised, peculiar: { 0: { participations } } })).begin()
    await world.ended()
    const client = clientOf(world, 0)
    expect(client.noticed('fault')).toHaveLength(1)
    expect([client.said('secagg-advertise'), client.uploads]).toEqual([[], []])
    await world.end()
  })
})
