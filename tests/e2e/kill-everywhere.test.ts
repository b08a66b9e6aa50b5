import { expect, test } from 'vitest'
import { runBatch } from '../crash/batch.ts'
import { type Plan, type Privacy, sweptLives, undisturbedPlan } from '../crash/plan.ts'
import { sqliteStage } from '../crash/stages.ts'
import { runTrial } from '../crash/trial.ts'

const SEED = process.env.TRIBUTARY_TEST_SEED ?? String(Math.floor(Math.random() * 1e9))

test(`[R18] [R19] killed at every boundary of a round, a coordinator makes the same model of the same updates (seed ${SEED})`, async () => {
  await using stage = await sqliteStage()
  const batch = await runBatch({
    stage,
    modes: ['sealed'],
    seed: SEED,
    count: 1, // the sweep alone
    sweep: 'quick',
    jobs: 2,
    say: () => {},
    replayBy: (plan) => `npm run test:kills -- --seed ${SEED} --replay '${JSON.stringify(plan)}'`,
  })
  expect(batch.violations).toEqual([])
  expect(batch.missed).toEqual([])
  // Some forty, unless boundaries have been lost.
  expect(batch.kills).toBeGreaterThanOrEqual(30)
}, 600_000)

/** The first commit of each of a session's steps, in order, and that of its sum. */
const stepsOf = ({ unmasking }: Extract<Privacy, { mode: 'secure-aggregation' }>) => [
  'a word secagg-advertise + a round advertising',
  'a word secagg-share + a round sharing',
  'a word secagg-masked + a round masking + an update',
  ...(unmasking === 'confirmed' ? ['a word secagg-confirm + a round confirming'] : []),
  'a word secagg-unmask + a round unmasking',
  'a word secagg-unmask + a round aggregating',
  'a round completed + a model',
]

test.each(sweptLives['secure-aggregation'])(
  `[R22] [R24] killed before or after the first commit of every step of $unmasking secure rounds, a coordinator makes the survivors’ mean (seed ${SEED})`,
  async (privacy) => {
    if (privacy.mode === 'sealed') throw new Error('this life is a secure one')
    await using stage = await sqliteStage()
    const dooms = stepsOf(privacy).map(
      (commit, step) =>
        ({ kind: 'boundary', at: `${step % 2 === 0 ? 'after' : 'before'} commit of ${commit}#1` }) as const,
    )
    const plan: Plan = { ...undisturbedPlan(privacy, 1), dooms }
    const report = await runTrial({ stage, seed: SEED, plan })
    expect(report.unmet).toEqual([])
    expect(report.kills).toHaveLength(dooms.length)
    expect(report.outcomes).toEqual(['completed'])
    expect(report.versions).toHaveLength(2)
  },
  600_000,
)
