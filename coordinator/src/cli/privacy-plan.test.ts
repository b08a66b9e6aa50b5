import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gaussianEpsilon, type PrivacyLedger } from '@tributary/protocols/privacy'
import { TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isRefusal } from '../refusal.ts'
import { chargeRound } from '../tasks/charge-round.ts'
import { run, runJson } from './command-line.builders.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-plan-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A task of so many parameters under noise that its clients add in shares. */
const aTask = async (
  parameters: number,
  privacy?: TaskFileInput['privacy'],
  compression?: TaskFileInput['compression'],
): Promise<string> => {
  const file: TaskFileInput = {
    id: 'digits',
    model: {
      format: 'custom',
      trainer: 'any',
      tensors: [{ name: 'w', shape: [parameters], dtype: 'F32' }],
      initial: { kind: 'seeded', seed: 1 },
    },
    plan: {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'softmax-cross-entropy',
    },
    cohort: { target: 100, quorum: 80, overSelection: 1 },
    privacy: privacy ?? {
      mode: 'secure-aggregation',
      differentialPrivacy: {
        mechanism: 'distributed',
        budget: { epsilon: 10, delta: 1e-5 },
        participation: { most: 5 },
        noiseMultiplier: 2,
        clipping: { kind: 'fixed', clipNorm: 1 },
      },
    },
    compression,
  }
  const path = join(folder, 'task.json')
  await writeFile(path, JSON.stringify(file))
  return path
}

describe('privacy plan', () => {
  test('of a small model says that it learns, at which ε, and how many rounds there are', async () => {
    const task = await aTask(650)
    const plan = await runJson(['privacy', 'plan', '--task', task, '--rounds', '5'])
    expect(plan).toMatchObject({
      mechanism: 'distributed',
      parameters: 650,
      plan: { verdict: 'learns', multiplier: 2, claim: { delta: 1e-5, rounds: 5 } },
      roundsOfBudget: 'unlimited',
    })
    const { out } = await run('privacy', 'plan', '--task', task, '--rounds', '5')
    expect(out).toMatch(/After 5 rounds: ε = [\d.]+ at δ = 0.00001/)
  })

  test('of a network of 200,000 parameters at this cohort is a refusal, with the numbers that say why', async () => {
    const { code, out } = await run('privacy', 'plan', '--task', await aTask(200_000))
    expect(code).toBe(1)
    expect(out).toContain('It is refused: the noise drowns what is learnt.')
    expect(out).toMatch(
      /times as long as the longest delta; it is as long with \d+ updates a round, and there are 80/,
    )
  })

  test('counts that of fewer values under as much noise on each less is left of a round', async () => {
    type Planned = { parameters: number; plan: { verdict: string; signalToNoise: number } }
    const planOf = async (compression?: TaskFileInput['compression']) =>
      (await runJson(['privacy', 'plan', '--task', await aTask(650, undefined, compression)])) as Planned
    const [all, few] = [
      await planOf(),
      await planOf({ rotation: 'hadamard', sparsify: { kind: 'random-k', share: 0.01 } }),
    ]
    expect(all).toMatchObject({ parameters: 650, plan: { verdict: 'learns' } })
    expect(few).toMatchObject({ parameters: 650, plan: { verdict: 'slow' } })
    // 10 of 1,024 rotated values.
    expect(all.plan.signalToNoise / few.plan.signalToNoise).toBeCloseTo(Math.sqrt(102.4), 6)
  })

  test('says why a coordinator refuses the task, whatever of it is in the way', async () => {
    const task = await aTask(650, undefined, { sparsify: { kind: 'top-k', share: 0.1 } })
    const { code, out } = await run('privacy', 'plan', '--task', task)
    expect(code).toBe(1)
    expect(out).toContain('A coordinator refuses the task: compression.sparsify.kind:')
  })

  test('finds the noise for a target, and less noise for a larger one', async () => {
    const task = await aTask(650)
    const multiplierFor = async (epsilon: string) => {
      const { plan } = (await runJson(['privacy', 'plan', '--task', task, '--epsilon', epsilon])) as {
        plan: { multiplier: number; claim: { epsilon: number } }
      }
      expect(plan.claim.epsilon).toBeLessThanOrEqual(Number(epsilon))
      return plan.multiplier
    }
    expect(await multiplierFor('8')).toBeLessThan(await multiplierFor('2'))
  })

  test('says what the ledger is going to say, which for noise in shares is more than for Gaussian noise of its width', async () => {
    const task = await aTask(650)
    const { plan } = (await runJson(['privacy', 'plan', '--task', task, '--rounds', '5'])) as {
      plan: { claim: { epsilon: number } }
    }
    const file = TaskFile.parse(JSON.parse(await readFile(task, 'utf8')))
    let ledger: PrivacyLedger | undefined
    for (let round = 1; round <= 5; round++) {
      const charged = chargeRound(file, ledger, round)
      if (!charged || isRefusal(charged)) throw new Error('the budget allows it')
      ledger = charged.ledger
      if (round === 5) expect(plan.claim).toEqual(charged.spent)
    }
    expect(plan.claim.epsilon).toBeGreaterThan(gaussianEpsilon({ multiplier: 2 / Math.sqrt(5), delta: 1e-5 }))
  })

  const common = {
    budget: { epsilon: 10, delta: 1e-5 },
    participation: { most: 5, between: 2 },
    noiseMultiplier: 2,
    clipping: { kind: 'fixed', clipNorm: 1 },
  } as const

  test.each([
    { mechanism: 'central', z: 2, verdict: 'learns', code: 0 },
    { mechanism: 'central', z: 0.1, verdict: 'learns', code: 1 },
    { mechanism: 'dp-ftrl', z: 6, verdict: 'slow', code: 0 },
    { mechanism: 'local', z: 3, verdict: 'slow', code: 0 },
    { mechanism: 'local', z: 40, verdict: 'drowns', code: 1 },
  ] as const)(
    'by $mechanism with z = $z: $verdict, exit code $code',
    async ({ mechanism, z, verdict, code }) => {
      const noise = { ...common, noiseMultiplier: z }
      const task = await aTask(650, {
        mode: 'sealed',
        differentialPrivacy:
          mechanism === 'dp-ftrl' ? { mechanism, roundsOfTree: 16, ...noise } : { mechanism, ...noise },
      })
      const words = ['privacy', 'plan', '--task', task, '--rounds', '5']
      expect(await runJson(words, code)).toMatchObject({ mechanism, plan: { verdict } })
    },
  )

  test.each(['central', 'distributed'] as const)(
    'of a norm that follows the clients, by %s noise, says what the count leaves for the values',
    async (mechanism) => {
      const clipping = { kind: 'adaptive', countNoise: 4 } as const
      const task = await aTask(
        650,
        mechanism === 'central'
          ? { mode: 'sealed', differentialPrivacy: { mechanism, ...common, clipping } }
          : { mode: 'secure-aggregation', differentialPrivacy: { mechanism, ...common, clipping } },
      )
      expect(await runJson(['privacy', 'plan', '--task', task, '--rounds', '5'])).toMatchObject({
        mechanism,
        plan: { verdict: 'learns', multiplier: 2, valueMultiplier: expect.closeTo(2.065591, 5) },
        mistakes: [],
      })
      const { out } = await run('privacy', 'plan', '--task', task, '--rounds', '5')
      expect(out).toContain('Noise multiplier 2, of which 2.066 on the values')
      expect(out).toContain('told to 0.05 a round')
    },
  )

  test('says what a coordinator would refuse', async () => {
    const task = await aTask(650, {
      mode: 'sealed',
      differentialPrivacy: { mechanism: 'central', ...common, noiseMultiplier: 0.1 },
    })
    expect((await run('privacy', 'plan', '--task', task)).out).toContain(
      'A coordinator refuses the task: privacy.differentialPrivacy.budget: the first round would pass it',
    )
  })

  test('of a task that promises nothing says so, and of a file that is none what is wrong', async () => {
    const { code, out } = await run('privacy', 'plan', '--task', await aTask(10, { mode: 'sealed' }))
    expect([code, out]).toEqual([1, expect.stringContaining('promises no differential privacy')])
    await writeFile(join(folder, 'task.json'), '{"id":"digits"}')
    const wrong = await run('privacy', 'plan', '--task', join(folder, 'task.json'))
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('it is no task file')])
  })
})
