import { scenarioDifferences } from '../report/scenario-words.ts'
import type { Scenario } from '../scenarios/index.ts'

/** Fields that a seed's rounds do not depend on. */
const ASIDE = new Set(['title', 'seeds', 'baselines', 'versions'])

/** What has changed between a scenario that was run and the one that is to go on with it, as `path (before → now)`. */
export const changedFields = (before: object, now: Scenario): string[] =>
  scenarioDifferences([withoutAside(before), withoutAside(now)]).map(
    ({ path, values: [was = 'left out', is = 'left out'] }) => `${path} (${was} → ${is})`,
  )

const withoutAside = (scenario: object): object =>
  Object.fromEntries(Object.entries(scenario).filter(([field]) => !ASIDE.has(field)))
