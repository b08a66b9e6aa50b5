import type { DifferentialPrivacySpecInput } from '@tributary/protocols/privacy'
import { type Assignment, PrivacySpec } from '@tributary/protocols/task'
import { beforeAll, describe, expect, test } from 'vitest'
import { memoryParticipationStore } from '../adapters/memory-participation-store.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { Trainer } from '../training/trainer.ts'
import { loadProtection } from './load-protection.ts'
import { anAssignment, aWorld, round, shiftTrainer, task } from './participant.builders.ts'
import type { PrivacyOptions } from './privacy-options.ts'

// The virtual clock of these worlds waits for promises, not for what is loaded from disk.
beforeAll(loadProtection)

const common = { budget: { epsilon: 8, delta: 1e-5 }, participation: { most: 2 }, noiseMultiplier: 0.05 }
const fixed = { kind: 'fixed', clipNorm: 0.5 } as const

const sealedUnder = (differentialPrivacy: DifferentialPrivacySpecInput): Assignment => ({
  ...anAssignment(),
  privacy: PrivacySpec.parse({ mode: 'sealed', differentialPrivacy }),
})

const CENTRAL = sealedUnder({ mechanism: 'central', ...common, clipping: fixed })
const TREES = sealedUnder({ mechanism: 'dp-ftrl', ...common, clipping: fixed, roundsOfTree: 8 })
const LOCAL = sealedUnder({ mechanism: 'local', ...common, clipping: fixed })
const ADAPTIVE = sealedUnder({
  mechanism: 'central',
  ...common,
  clipping: { kind: 'adaptive', clipNorm: 0.5, countNoise: 1 },
})

/** What the coordinator opens of round 1: four ones, as they were trained. */
const opened = async (assignment: Assignment, clipNorm?: number) => {
  const world = await aWorld({ assignment }).joined()
  world.invite(1, clipNorm === undefined ? {} : { clipNorm })
  await world.until('submitted', () => world.noticed('submitted').length === 1)
  const [received] = world.received
  await world.end()
  if (!received) throw new Error('nothing was received')
  return { delta: received.delta, claims: received.upload.submission.claims }
}

describe('a sealed update of a task with differential privacy', () => {
  test.each<[string, Assignment, PrivacyOptions | undefined, object]>([
    ['of a task that promises nothing', anAssignment(), undefined, { loss: 0.5 }],
    ['under central noise', CENTRAL, undefined, {}],
    ['under local noise', LOCAL, undefined, {}],
    ['of an app that insists on noise', CENTRAL, { clipNorm: { most: 1 } }, {}],
  ])(
    '[C6] training %s tells how far it is, and its loss where nothing is promised',
    async (_, assignment, privacy, loss) => {
      let goOn = () => {}
      const trainer: Trainer = {
        async train(work) {
          await new Promise<void>((resolve) => {
            goOn = resolve
          })
          work.onProgress({ fraction: 0.5, loss: 0.5 })
          return shiftTrainer.train(work)
        },
      }
      const world = await aWorld({ assignment, trainer, ...(privacy && { privacy }) }).joined()
      world.invite(1)
      await world.until('training', () => world.status() === 'training')
      world.clock.advanceTo(world.clock.now() + 2_000)
      goOn()
      await world.until('told', () => world.said('progress').length === 1)
      expect(world.said('progress')).toEqual([{ type: 'progress', round: round(1), fraction: 0.5, ...loss }])
      await world.end()
    },
  )

  test.each([
    ['central', CENTRAL],
    ['dp-ftrl', TREES],
  ])('under %s noise is clipped, and claims what it stands on', async (_, assignment) => {
    const { delta, claims } = await opened(assignment)
    for (const value of delta) expect(value).toBeCloseTo(0.25, 5)
    expect(Math.hypot(...delta)).toBeLessThanOrEqual(0.5)
    expect(claims).toMatchObject({ examples: 5, metrics: { loss: 0.25 } })
  })

  test('[T9] is clipped to the round’s norm where that follows the clients, and says whether it was within it', async () => {
    const beyond = (await opened(ADAPTIVE, 1)).delta
    for (const value of beyond.slice(0, 4)) expect(value).toBeCloseTo(0.5, 5)
    expect([beyond.length, beyond[4]]).toEqual([5, 0])
    expect((await opened(ADAPTIVE, 2)).delta).toEqual([1, 1, 1, 1, 1])
    expect((await opened(ADAPTIVE, 5)).delta).toEqual([1, 1, 1, 1, 1])
  })

  test.each<[string, Assignment, number | undefined, PrivacyOptions, string]>([
    ['names no norm that it clips to, where that follows the clients', ADAPTIVE, undefined, {}, 'names none'],
    ['names one where it is fixed', CENTRAL, 2, {}, 'is fixed'],
    ['clips to less than the app takes part in', ADAPTIVE, 0.1, { clipNorm: { least: 0.2 } }, 'clips to 0.1'],
    ['clips to more than the app takes part in', ADAPTIVE, 9, { clipNorm: { most: 8 } }, '0 to 8'],
    ['clips to more, and always does', LOCAL, undefined, { clipNorm: { most: 0.4 } }, 'clips to 0.5'],
  ])(
    '[S6] is refused where the round %s, and nothing is written down',
    async (_, assignment, clipNorm, privacy, why) => {
      const participations = memoryParticipationStore()
      const world = await aWorld({ assignment, privacy, participations }).joined()
      world.invite(1, clipNorm === undefined ? {} : { clipNorm })
      await world.until('refused', () => world.said('failed').length === 1)
      expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'privacy-floor' }])
      expect(world.noticed('failed')).toMatchObject([{ detail: expect.stringContaining(why) }])
      expect([world.received, await participations.load(task)]).toEqual([[], undefined])
      await world.end()
    },
  )

  test('under local noise is clipped and noised, and nothing true goes beside it', async () => {
    const { delta, claims } = await opened(LOCAL)
    expect(new Set(delta).size).toBe(4)
    // Noise of standard deviation 0.025 on each quarter.
    for (const value of delta) expect(Math.abs(value - 0.25)).toBeLessThan(0.2)
    expect(claims).toEqual({ examples: 1, metrics: {} })
  })

  test.each([
    ['central', CENTRAL],
    ['dp-ftrl', TREES],
    ['local', LOCAL],
    ['adaptive', ADAPTIVE],
  ])('under %s noise is of a participation that was written down before', async (_, assignment) => {
    const written = memoryParticipationStore()
    let received = -1
    const participations: ParticipationStore = {
      clear: written.clear,
      load: written.load,
      async save(...record) {
        received = world.received.length
        await written.save(...record)
      },
    }
    const world = await aWorld({ assignment, participations }).joined()
    world.invite(1, assignment === ADAPTIVE ? { clipNorm: 0.5 } : {})
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    expect([received, await written.load(task)]).toEqual([0, { times: 1, last: 1 }])
    await world.end()
  })

  test('is the last when its task’s bound is reached', async () => {
    const world = await aWorld({ assignment: CENTRAL }).joined()
    for (const number of [1, 2]) {
      world.invite(number)
      await world.until('submitted', () => world.noticed('submitted').length === number)
    }
    world.invite(3)
    await world.until('refused', () => world.said('failed').length === 1)
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(3), reason: 'participation-limit' }])
    expect(world.received).toHaveLength(2)
    await world.end()
  })

  test('is recorded in no store where the task promises nothing', async () => {
    const participations = memoryParticipationStore()
    const world = await aWorld({ participations }).joined()
    world.invite(1)
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    expect(await participations.load(task)).toBeUndefined()
    await world.end()
  })
})

describe('a round whose updates the coordinator can open', () => {
  test.each<[string, PrivacyOptions]>([
    ['asks for secure aggregation', { requireSecureAggregation: true }],
    ['names any floor', { floors: { least: 2 } }],
  ])('is refused by an app that %s', async (_, privacy) => {
    const world = await aWorld({ privacy }).joined()
    world.invite(1)
    await world.until('refused', () => world.said('failed').length === 1)
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'privacy-floor' }])
    expect(world.noticed('failed')).toMatchObject([
      { detail: expect.stringContaining('can be opened by its coordinator') },
    ])
    expect(world.received).toEqual([])
    await world.end()
  })

  test('is taken part in by an app that asks for neither', async () => {
    const world = await aWorld({ privacy: { audience: 'fleet', coordinatorKey: 'B'.repeat(43) } }).joined()
    world.invite(1)
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    await world.end()
  })
})
