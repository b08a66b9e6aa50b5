import { expect, test } from 'vitest'
import { runBatch } from '../crash/batch.ts'
import { sqliteStage } from '../crash/stages.ts'

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
