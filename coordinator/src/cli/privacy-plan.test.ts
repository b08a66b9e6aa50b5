import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TaskFileInput } from '@tributary/protocols/task'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run, runJson } from './command-line.builders.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-plan-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A task of so many parameters under noise that its clients add in shares. */
const aTask = async (parameters: number, privacy?: TaskFileInput['privacy']): Promise<string> => {
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

  test('of a task that promises nothing says so, and of a file that is none what is wrong', async () => {
    const { code, out } = await run('privacy', 'plan', '--task', await aTask(10, { mode: 'sealed' }))
    expect([code, out]).toEqual([1, expect.stringContaining('promises no differential privacy')])
    await writeFile(join(folder, 'task.json'), '{"id":"digits"}')
    const wrong = await run('privacy', 'plan', '--task', join(folder, 'task.json'))
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('it is no task file')])
  })
})
