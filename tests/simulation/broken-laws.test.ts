import { expect, test } from 'vitest'
import { brokenLaws } from './broken-laws.ts'
import { runWorld } from './faulty-world.ts'

const SEEDS = 30

test.each(brokenLaws)('it is seen when $name', async ({ breakage, seenAs }) => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await runWorld(seed, { breakage })
    if (!violation) continue
    expect(violation.message).toMatch(seenAs)
    return
  }
  expect.fail(`not seen in ${SEEDS} worlds`)
})
