import { ModelVersion } from '@tributary/protocols'
import { encodePublicKey, identityFromSeed } from '@tributary/protocols/crypto'
import { describe, expect, test, vi } from 'vitest'
import type { Trainer } from '../training/trainer.ts'
import { aPatientTrainer, watchedKeys } from './secure-clients.builders.ts'
import { aSecureWorld, clientOf, type SecureWorld } from './secure-world.builders.ts'

/** Shifts by 1, 2 and 3 of four parameters, clipped at a norm of 4, weigh 5, 10 and 15 examples. */
const expectMeanOfAll = (world: SecureWorld) => {
  const mean = world.mean()
  expect(mean).toMatchObject({ examples: 30, metrics: { loss: expect.closeTo(0.25, 3) } })
  for (const value of mean?.delta ?? []) expect(value).toBeCloseTo((5 + 20 + 30) / 30, 3)
}

describe('[R22] a secure round', () => {
  test.each(['direct', 'confirmed'] as const)(
    'where survivors are asked %s, gives the mean by examples, and claims nothing but the masked vector',
    async (unmasking) => {
      const world = (await aSecureWorld({ privacy: { unmasking } })).begin()
      await world.ended()
      expectMeanOfAll(world)
      for (const client of world.clients) {
        expect(client.uploads.map(({ submission }) => Object.keys(submission.claims))).toEqual([['masked']])
        expect(client.heard.map(({ type }) => type)).not.toContain('secagg-masked')
        expect(client.said('failed')).toEqual([])
        expect(client.noticed('round-ended')).toMatchObject([{ outcome: { kind: 'completed' } }])
      }
      await world.end()
    },
  )

  test('goes on beside the training, which may last far beyond the deadline of its first step', async () => {
    const patient = aPatientTrainer(1)
    const world = (await aSecureWorld({ peculiar: { 0: { trainer: patient.trainer } } })).begin()
    const client = clientOf(world, 0)
    await world.until('masks are known while it trains', () => {
      const state = client.participant.state()
      return state.phase === 'joined' && state.work.is === 'training' && state.work.session === 'masking'
    })
    world.clock.advanceTo(world.clock.now() + 500_000)
    expect(client.status()).toBe('training')
    patient.finish()
    await world.ended()
    expectMeanOfAll(world)
    await world.end()
  })

  test('gives the clipped mean over the quorum where clients add noise in shares', async () => {
    const world = (
      await aSecureWorld({
        privacy: {
          metrics: {},
          differentialPrivacy: {
            mechanism: 'distributed',
            budget: { epsilon: 1_000, delta: 1e-5 },
            participation: { most: 3, between: 0 },
            noiseMultiplier: 0.01,
            clipping: { kind: 'fixed', clipNorm: 1 },
            noise: 'skellam',
            dishonest: 0.1,
            relation: 'zero-out',
          },
        },
      })
    ).begin()
    await world.ended()
    expect(world.mean()).toMatchObject({ examples: 3, metrics: {} })
    // Every shift clipped to a norm of 1 is a half of each parameter: three halves over the quorum of two.
    for (const value of world.mean()?.delta ?? []) expect(Math.abs(value - 0.75)).toBeLessThan(0.1)
    await world.end()
  })

  test('[S12] is not joined by a client that has pinned another key, though its app has named none', async () => {
    const world = await aSecureWorld()
    const publicKey = encodePublicKey(identityFromSeed(new Uint8Array(32).fill(9)).publicKey)
    const client = clientOf(world, 0)
    client.participant.join({ publicKey, objectionTo: () => undefined })
    world.begin()
    await world.ended()
    expect(client.noticed('failed')).toMatchObject([{ reason: 'privacy-floor' }])
    expect(client.uploads).toEqual([])
    await world.end()
  })

  test('leaves no update on the device: what is masked rests in memory, where its secrets are', async () => {
    const pending = { keep: vi.fn(async () => true), load: async () => undefined, forget: async () => {} }
    const newest = {
      restore: async () => ({ model: undefined, newest: 0 }),
      restored: () => undefined,
      renew: async () => {},
      hold: vi.fn(async () => {}),
    }
    const world = (await aSecureWorld({ peculiar: { 0: { kept: { newest, pending } } } })).begin()
    await world.ended()
    expectMeanOfAll(world)
    expect([newest.hold, pending.keep].map(({ mock }) => mock.calls.length)).toEqual([1, 0])
    await world.end()
  })

  test('[M18] is left by a client that is told to carry something else than the round commits to', async () => {
    const world = (
      await aSecureWorld({
        down: (message, to) =>
          to === 0 && message.type === 'invitation'
            ? [{ ...message, carried: { since: ModelVersion.parse(1) } }]
            : [message],
      })
    ).begin()
    await world.ended()
    expect(clientOf(world, 0).said('failed')).toMatchObject([{ reason: 'privacy-floor' }])
    expect(clientOf(world, 0).uploads).toEqual([])
    for (const n of [1, 2]) expect(clientOf(world, n).said('failed')).toEqual([])
    await world.end()
  })

  test('[M15] clips to the norm of its manifest where that follows the clients, who vote on it within their bounds', async () => {
    const world = (
      await aSecureWorld({
        clients: 4,
        clip: 3,
        privacy: {
          metrics: {},
          differentialPrivacy: {
            mechanism: 'distributed',
            budget: { epsilon: 1_000, delta: 1e-5 },
            participation: { most: 3, between: 0 },
            noiseMultiplier: 0.01,
            clipping: { kind: 'adaptive', clipNorm: 1, quantile: 0.5, learningRate: 0.2, countNoise: 0.05 },
            noise: 'skellam',
            dishonest: 0.1,
            relation: 'zero-out',
          },
        },
        peculiar: { 3: { privacy: { audience: 'demo', clipNorm: { most: 2.5 } } } },
      })
    ).begin()
    await world.ended()
    expect(clientOf(world, 3).said('failed')).toMatchObject([{ reason: 'privacy-floor' }])
    const mean = world.mean()
    expect(mean).toMatchObject({ examples: 3, metrics: {} })
    // The plan holds shifts of 1, 2 and 3 to norms of 2, 4 and 4; one of them is within 3: 1, 1.5 and 1.5 over the quorum of two.
    expect(Math.abs((mean?.within ?? Number.NaN) - 1 / 3)).toBeLessThan(0.15)
    for (const value of mean?.delta ?? []) expect(Math.abs(value - 2)).toBeLessThan(0.3)
    await world.end()
  })

  test('a metric that it sums and the trainer does not give fails the training, by name', async () => {
    const trainer: Trainer = {
      train: async ({ weights }) => ({ weights: weights.slice(), examples: 1, metrics: { accuracy: 1 } }),
    }
    const world = (await aSecureWorld({ peculiar: { 0: { trainer } } })).begin()
    await world.ended()
    expect(clientOf(world, 0).noticed('failed')).toMatchObject([
      { reason: 'training-error', detail: expect.stringContaining('the metric loss') },
    ])
    expect(world.mean()).toMatchObject({ examples: 25 })
    await world.end()
  })
})

/** What a coordinator asks in a round with confirmations, and what clients say in it. */
const QUESTIONS = [
  'invitation',
  'secagg-roster',
  'secagg-bundles',
  'secagg-survivors',
  'secagg-confirmations',
] as const
const WORDS = ['accept', 'secagg-advertise', 'secagg-share', 'secagg-confirm', 'secagg-unmask'] as const

describe('[S11] a line that is lost', () => {
  test.each(QUESTIONS)('with %s on it costs a new one, and the question is asked again', async (type) => {
    let lost = 0
    const world = await aSecureWorld({
      privacy: { unmasking: 'confirmed' },
      down(message, to) {
        if (message.type !== type || to !== 1 || lost++ > 0) return [message]
        clientOf(world, 1).cut()
        return []
      },
    })
    world.begin()
    // An invitation that was never heard is of a round that this client cannot name: nobody waits for it for ever.
    if (type === 'invitation') {
      await world.until('all others have joined', () => {
        const server = world.server()
        return server?.phase === 'advertising' && server.advertised.length === 2
      })
      world.deadline()
      await world.ended()
      expect(world.mean()).toMatchObject({ examples: 20 })
    } else {
      await world.ended()
      expectMeanOfAll(world)
    }
    expect(lost).toBeGreaterThan(0)
    await world.end()
  })

  test.each(WORDS)(
    'of every client, each with its %s on it, changes nothing: the same bytes are said again',
    async (type) => {
      const lost = new Set<number>()
      const world = await aSecureWorld({
        privacy: { unmasking: 'confirmed' },
        up(message, from) {
          if (message.type !== type || lost.has(from)) return [message]
          lost.add(from)
          clientOf(world, from).cut()
          return []
        },
      })
      world.begin()
      await world.ended()
      expectMeanOfAll(world)
      expect(lost.size).toBe(3)
      expect(world.clients.filter((client) => client.said(type).length > 1).length).toBeGreaterThan(1)
      for (const client of world.clients) {
        expect(new Set(client.said(type).map((message) => JSON.stringify(message))).size).toBe(1)
        expect(client.uploads).toHaveLength(1)
      }
      await world.end()
    },
  )

  test('with the answer to the upload repeats the upload, byte for byte, and masks nothing again', async () => {
    const { trainer, finish } = aPatientTrainer(3)
    const world = await aSecureWorld({ peculiar: { 2: { trainer } } })
    const client = clientOf(world, 1)
    const { upload } = client.way
    client.way.upload = async (...asked) => {
      const answer = await upload(...asked)
      return client.uploads.length === 1 ? { kind: 'interrupted' } : answer
    }
    world.begin()
    await world.until('it was uploaded again', () => client.status() === 'unmasking')
    finish()
    await world.ended()
    expectMeanOfAll(world)
    expect(client.uploads).toHaveLength(2)
    expect(client.uploads[1]?.envelope).toBe(client.uploads[0]?.envelope)
    await world.end()
  })
})

describe('[S9] a question that is repeated', () => {
  test.each(QUESTIONS)('%s is answered with the same bytes, and nothing comes of it', async (type) => {
    const world = await aSecureWorld({
      privacy: { unmasking: 'confirmed' },
      down: (message) => (message.type === type ? [message, message] : [message]),
    })
    world.begin()
    await world.ended()
    expectMeanOfAll(world)
    for (const client of world.clients)
      for (const word of WORDS)
        expect(new Set(client.said(word).map((message) => JSON.stringify(message))).size).toBe(1)
    await world.end()
  })
})

describe('what is secret in a session', () => {
  test.each(['advertised', 'shared', 'masking', 'masked'] as const)(
    'is overwritten when the round is dropped while the session is %s',
    async (step) => {
      const { keyRandom, entropy, isErased } = watchedKeys()
      const { trainer, finish } = aPatientTrainer(1)
      const held = { advertised: 'secagg-roster', shared: 'secagg-bundles', masked: 'secagg-survivors' }
      const world = (
        await aSecureWorld({
          peculiar: { 0: { keyRandom, trainer } },
          down: (message, to) =>
            to === 0 && step !== 'masking' && message.type === held[step] ? [] : [message],
        })
      ).begin()
      if (step === 'masked') finish()
      const client = clientOf(world, 0)
      await world.until(`the session is ${step}`, () => {
        const { participant } = client
        const state = participant.state()
        if (state.phase !== 'joined' || !('session' in state.work)) return false
        return state.work.session === step && (step !== 'masked' || state.work.is === 'unmasking')
      })
      expect(entropy()).toHaveLength(2)
      expect(isErased()).toBe(false)
      client.participant.leave()
      expect(isErased()).toBe(true)
      await world.end()
    },
  )

  test('is overwritten by its one answer, and never in the state', async () => {
    const { keyRandom, entropy, isErased } = watchedKeys()
    const world = await aSecureWorld({ peculiar: { 0: { keyRandom } } })
    world.begin()
    const client = clientOf(world, 0)
    await world.until('joined', () => entropy().length === 2)
    const secret = JSON.stringify([...(entropy()[1] ?? [])].slice(0, 4)).slice(1, -1)
    await world.ended()
    expect(isErased()).toBe(true)
    for (const state of client.states) {
      expect(JSON.stringify(state)).not.toContain(secret)
      expect(JSON.parse(JSON.stringify(state))).toEqual(state)
    }
    await world.end()
  })
})
