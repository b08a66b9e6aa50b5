import { describe, expect, test } from 'vitest'
import { CLIENTS, completed, type QuickJob, quickPool, run } from './population.builders.ts'
import type { ScenarioInput } from './scenario.ts'

type Compression = NonNullable<ScenarioInput['compression']>

const LIARS = [1, 4]
const plan = {
  epochs: 1,
  batchSize: 10,
  optimizer: { name: 'sgd', learningRate: 0.1 },
  loss: 'softmax-cross-entropy',
  clipNorm: 0.001,
} as const
const flip = { attackers: [{ attack: { kind: 'sign-flip' as const, scale: 1 }, clients: LIARS }] }
const model: ScenarioInput['model'] = { kind: 'dense', hidden: [6] }

const attacked = async (changes: Partial<ScenarioInput>) => {
  const pool = quickPool()
  const result = await run({ population: flip, plan, rounds: 1, ...changes }, { pool })
  return { ...result, pool }
}

describe('an update that its own SDK would have clipped', () => {
  test.each<[string, Partial<ScenarioInput>]>([
    ['compressed by levels', { compression: { bits: 8 } }],
    ['compressed to the largest', { compression: { sparsify: { kind: 'top-k', share: 0.1 } } }],
    [
      'compressed by a public choice',
      { compression: { rotation: 'hadamard', sparsify: { kind: 'random-k', share: 0.5, rescale: true } } },
    ],
    [
      'without layers of its own',
      { model, personalization: { kind: 'local-layers', layers: ['last'] }, holdOut: 0.2 },
    ],
    [
      'compressed, without layers of its own',
      {
        model,
        personalization: { kind: 'local-layers', layers: ['last'] },
        holdOut: 0.2,
        compression: { bits: 8 },
      },
    ],
  ])('is sealed %s as the task has it', async (_, changes) => {
    const { rounds } = await attacked(changes)
    expect(completed({ rounds })).toMatchObject([{ received: CLIENTS, failed: 0, attackers: 2 }])
  })

  test.each<[string, Compression]>([
    ['levels', { bits: 8 }],
    ['the largest', { sparsify: { kind: 'top-k', share: 0.1 } }],
    ['a public choice of all', { sparsify: { kind: 'random-k', share: 1, rescale: true } }],
  ])('is refused at the door where it is not finite, through %s too', async (_, compression) => {
    const attack = { kind: 'not-finite' as const, value: 'nan' as const, share: 0.1 }
    const { rounds, weights } = await attacked({
      population: { attackers: [{ attack, clients: LIARS }] },
      compression,
    })
    const [round] = completed({ rounds })
    expect(round).toMatchObject({ received: CLIENTS - 2, failed: 2, attackers: 0 })
    expect(weights.every(Number.isFinite)).toBe(true)
    // Of the size that the task has updates, so that it is for what is in it.
    const honest = await attacked({ compression })
    expect(Math.abs((round?.bytesUp ?? 0) / (completed(honest)[0]?.bytesUp ?? 1) - 1)).toBeLessThan(0.02)
  })

  test('is of the model that is sent, not of the one beside it', async () => {
    const { weights, parts, pool } = await attacked({
      personalization: { kind: 'ditto', lambda: 0.1, epochs: 3 },
      holdOut: 0.2,
    })
    const first = parts.map((rows) => pool.jobs.find((job) => job.rows === rows) as QuickJob)
    const examples = first.reduce((sum, { rows }) => sum + rows.length, 0)
    const mean = first.reduce((sum, job, client) => {
      const sent = LIARS.includes(client) ? -1 : plan.clipNorm / Math.hypot(...job.delta)
      return sum + (job.rows.length / examples) * sent * (job.delta[0] ?? 0)
    }, 0)
    expect((weights[0] ?? 0) - (first[0]?.weights[0] ?? 0)).toBeCloseTo(mean, 5)
  })
})
