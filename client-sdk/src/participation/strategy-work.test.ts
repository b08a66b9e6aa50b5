import { Assignment, ClientStrategy } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import type { TrainingResult } from '../training/trainer.ts'
import { anAssignment } from './participant.builders.ts'
import { claimedFor, controlChange, jobOf, linearTerm } from './strategy-work.ts'

const under = (strategy: unknown): Assignment => Assignment.parse({ ...anAssignment(), strategy })
const result = (more: Partial<TrainingResult> = {}): TrainingResult => ({
  weights: new Float32Array(4),
  examples: 5,
  metrics: {},
  ...more,
})
const own = Float32Array.of(0.5, -1, 0, 2)
const control = Float32Array.of(1, 1, -1, 0)

describe('a job', () => {
  test('of SCAFFOLD is corrected by c − cᵢ, and by −cᵢ where the server’s is zero', () => {
    expect(jobOf(under({ name: 'scaffold' }), { own, control }).correction).toEqual(
      Float32Array.of(0.5, 2, -1, -2),
    )
    expect(jobOf(under({ name: 'scaffold' }), { own, control: undefined }).correction).toEqual(
      Float32Array.of(-0.5, 1, 0, -2),
    )
  })

  test('of FedDyn is corrected by −hᵢ and pulled towards the weights received by α', () => {
    const { plan, correction } = jobOf(under({ name: 'feddyn', alpha: 0.1 }), { own, control: undefined })
    expect(correction).toEqual(own.map((value) => -value))
    expect(plan).toEqual({ ...anAssignment().plan, proximal: 0.1 })
  })

  test('of any other strategy is the plan and nothing more', () => {
    const assignment = under({ name: 'fednova' })
    expect(jobOf(assignment, undefined)).toEqual({ plan: assignment.plan })
  })
})

describe('what a client keeps', () => {
  test('SCAFFOLD’s option II: cᵢ⁺ is the mean gradient along the way, whatever the correction was', () => {
    // Three steps of 0.1 along gradients whose mean is g, each corrected by c − cᵢ.
    const g = [0.3, -0.2, 1, 0.25]
    const delta = Float32Array.from(g, (slope, i) => -0.3 * (slope - (own[i] ?? 0) + (control[i] ?? 0)))
    const change = controlChange({ delta, control, steps: 3, learningRate: 0.1, range: undefined })
    for (const [i, slope] of g.entries()) expect((own[i] ?? 0) + (change[i] ?? 0)).toBeCloseTo(slope, 6)
  })

  test('of a change beyond the range of a secure round, what is within it', () => {
    const delta = Float32Array.of(-3, 0.06, 0, 0)
    const change = controlChange({ delta, control: undefined, steps: 3, learningRate: 0.1, range: 2 })
    expect(change[0]).toBe(2)
    expect(change[1]).toBeCloseTo(-0.2, 6)
  })

  test('FedDyn’s linear term moves against the delta as it counted', () => {
    const delta = Float32Array.of(1, -1, 0, 8)
    const kept = linearTerm({ own, delta, alpha: 0.5, range: 4 })
    expect(kept).toEqual(Float32Array.of(0, -0.5, 0, 0))
  })
})

describe('[T10] what a client claims for the strategy', () => {
  const claim = (strategy: ClientStrategy, given: Partial<TrainingResult>) =>
    claimedFor(ClientStrategy.parse(strategy), result(given))

  test('is its steps, or its loss before training, from the trainer’s result or its metrics', () => {
    expect(claim({ name: 'fednova' }, { steps: 12 })).toEqual({ steps: 12 })
    expect(claim({ name: 'fednova' }, { metrics: { steps: 7 } })).toEqual({ steps: 7 })
    expect(claim({ name: 'q-fedavg' }, { initialLoss: 0.75 })).toEqual({ 'initial-loss': 0.75 })
    expect(claim({ name: 'q-fedavg' }, { metrics: { 'initial-loss': 0 } })).toEqual({ 'initial-loss': 0 })
    expect(claim({ name: 'scaffold' }, { steps: 3, corrected: true })).toEqual({})
    expect(claimedFor(undefined, result({ steps: 3 }))).toEqual({})
  })

  test.each<[ClientStrategy, Partial<TrainingResult>, RegExp]>([
    [{ name: 'fednova' }, {}, /fednova, and the trainer’s result has no `steps`/],
    [{ name: 'fednova' }, { steps: 0 }, /gives 0 for `steps`/],
    [{ name: 'q-fedavg' }, {}, /q-fedavg, and the trainer’s result has no `initialLoss`/],
    [{ name: 'q-fedavg' }, { initialLoss: Number.NaN }, /gives NaN for `initialLoss`/],
    [{ name: 'scaffold' }, { corrected: true }, /scaffold, and the trainer’s result has no `steps`/],
    [{ name: 'scaffold' }, { steps: 3 }, /has no `corrected`, that it added the job’s correction/],
    [{ name: 'feddyn', alpha: 0.1 }, { corrected: false }, /gives false for `corrected`/],
  ])('%j is not had from a trainer that gives %j', (strategy, given, message) => {
    expect(() => claim(strategy, given)).toThrow(
      expect.objectContaining({ code: 'trainer-incomplete', message: expect.stringMatching(message) }),
    )
  })
})
