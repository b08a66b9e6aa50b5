import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import { manifestOf, type StrategySpec, secureGroupsOf, type TaskFile } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import type { Mistake } from '../refusal.ts'
import { strategyOf } from '../strategies/registry.ts'

/** Bytes of deltas that an aggregation may hold at once: those of 100 clients and ten million parameters. */
const MOST_HEAP_BYTES = 4_000_000_000

/** Strategies whose server is here and whose clients are not: what they would have to do that no client does. */
const WITHOUT_CLIENTS: { [Name in StrategySpec['name']]?: string } = {
  scaffold: 'control variates',
  feddyn: 'a dynamic regularizer',
}

const OF_MEANS = 'a strategy that needs only a mean (fedavg, fedavgm, fedadam, fedyogi, fedadagrad)'

/** Why no round of this task could ever be aggregated by its strategy. */
export const strategyMistakes = (file: TaskFile): Mistake[] => {
  const { cohort, privacy } = file
  const { name } = file.strategy
  const strategy = strategyOf(file.strategy)
  const mistakes: Mistake[] = []
  const seesEach = strategy.kind === 'heap' || strategy.takes === 'updates'
  const at = (path: string, message: string) => void mistakes.push({ path, message })

  const missing = WITHOUT_CLIENTS[name]
  if (missing)
    at(
      'strategy.name',
      `${name} wants clients that train with ${missing}, which none does yet: choose another`,
    )
  if (cohort.quorum < strategy.least)
    at(
      'cohort.quorum',
      `${name} as it is set says nothing of fewer than ${strategy.least} updates: raise quorum to ${strategy.least}, or ask less of the strategy`,
    )
  if (seesEach && privacy.mode === 'secure-aggregation') {
    const { groups, most } = secureGroupsOf(cohort, privacy)
    const means = Math.ceil(cohort.quorum / most)
    if (strategy.needs.length > 0 || groups < 2)
      at(
        'strategy.name',
        `${name} looks at each update, which secure aggregation hides: choose ${OF_MEANS}, or privacy.mode sealed${
          strategy.needs.length > 0
            ? ''
            : ', or a privacy.groupSize of half the cohort or less, so that it sees the means of groups'
        }`,
      )
    else if (means < strategy.least)
      at(
        'privacy.groupSize',
        `${name} as it is set says nothing of fewer than ${strategy.least} means, and the quorum may be ${means} groups: make them smaller`,
      )
  }
  const mechanism = promisedPrivacyOf(file)?.mechanism
  if (seesEach && (mechanism === 'central' || mechanism === 'dp-ftrl'))
    at(
      'strategy.name',
      `${name} looks at each update, and ${mechanism} noise is on their sum: choose ${OF_MEANS}, or local noise`,
    )
  if (mechanism === 'local' && strategy.needs.length > 0)
    at(
      'strategy.name',
      `${name} needs what clients claim beside their deltas, and those claims are under no noise: choose ${OF_MEANS}`,
    )
  const bytes = 4 * cohort.target * totalElements(manifestOf(file.model))
  if (strategy.kind === 'heap' && bytes > MOST_HEAP_BYTES)
    at(
      'cohort.target',
      `${name} holds all updates at once, ${Math.ceil(bytes / 1e9)} GB of at most ${MOST_HEAP_BYTES / 1e9}: choose a smaller cohort, or norm-bounding, which does not`,
    )
  return mistakes
}
