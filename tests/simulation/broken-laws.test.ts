import { expect, test } from 'vitest'
import { brokenLaws } from './broken-laws.ts'
import { runWorld } from './faulty-world.ts'

const SEEDS = 30

/** What breaks a law may break others with it: what counts is that the law's own is among what is seen. */
test.each(brokenLaws)(
  'it is seen when $name',
  async ({ breakage, seenAs, seed: first = 1, privacy = 'sealed' }) => {
    const seen: string[] = []
    for (let seed = first; seed < first + SEEDS; seed++) {
      const { violation } = await runWorld(seed, { breakage, privacy })
      if (violation) seen.push(violation.message)
      if (violation && seenAs.test(violation.message)) return
    }
    expect.fail(`not seen in ${SEEDS} worlds, but:\n${seen.join('\n')}`)
  },
)
