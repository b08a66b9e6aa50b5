/** What is wrong with a scenario for its data: found before anything is trained, and told at once. */
import { taskMistakes } from '@tributary/coordinator'
import type { Mistake } from '@tributary/protocols/rest'
import { seededRandom } from '@tributary/protocols/runtime'
import type { Dataset } from '../datasets/index.ts'
import { describeRows, partition } from '../partitions/index.ts'
import { type AttackSpec, attackOf } from '../population/index.ts'
import { holdingsInPhases } from './phases.ts'
import { type Scenario, taskOfScenario } from './scenario.ts'
import { ScenarioError } from './scenario-error.ts'
import { populationOf, rootOf, type Traces } from './scenario-population.ts'
import { watchedGroups } from './watched-groups.ts'

/**
 * Draws what each seed would: rows are given out, and the population drawn.
 * @throws ScenarioError with every mistake, its path and what would do.
 */
export const checkScenario = (scenario: Scenario, dataset: Dataset, traces: Traces = {}): void => {
  const mistakes = [
    ...taskProblems(scenario, dataset),
    ...scenario.seeds.flatMap((seed) => mistakesOfSeed(scenario, dataset, { seed, traces })),
    ...attackMistakes(scenario, dataset),
    ...found(() => watchedGroups(scenario, dataset)),
  ]
  if (mistakes.length > 0) throw new ScenarioError(distinct(mistakes))
}

/** Of the task that the coordinator is to be given: whether model and data go together, and strategy, cohort and privacy. */
const taskProblems = (scenario: Scenario, dataset: Dataset): readonly Mistake[] => {
  let mistakes: readonly Mistake[] = []
  const unmade = found(() => {
    mistakes = taskMistakes(taskOfScenario(scenario, dataset, scenario.seeds[0] ?? 1))
  })
  return [...unmade, ...mistakes]
}

const mistakesOfSeed = (
  scenario: Scenario,
  { train, task }: Dataset,
  { seed, traces }: { seed: number; traces: Traces },
): readonly Mistake[] => {
  const rows = describeRows(train, task)
  let parts: Uint32Array[] = []
  const ofPartition = found(() => {
    parts = partition(rows, scenario.partition, seed)
  }, 'partition')
  const clients = parts.length
  // Of how many clients a population is to be drawn is not known then.
  if (ofPartition.length > 0) return ofPartition
  return [
    ...cohortMistakes(scenario, clients),
    ...found(() => holdingsInPhases(rows, parts, scenario.phases)),
    ...found(() => populationOf(scenario, clients, seed, traces), 'population'),
  ]
}

const cohortMistakes = (scenario: Scenario, clients: number): readonly Mistake[] => {
  const { quorum } = scenario.cohort
  const root = rootOf(scenario)
  return [
    ...(quorum > clients
      ? [{ path: 'cohort.quorum', message: `there are ${clients} clients: ask for as many at most` }]
      : []),
    ...(root !== undefined && root >= clients
      ? [{ path: 'strategy.root', message: `there is no client ${root}: number it 0 to ${clients - 1}` }]
      : []),
  ]
}

const attackMistakes = (scenario: Scenario, dataset: Dataset): readonly Mistake[] =>
  (scenario.population?.attackers ?? []).flatMap(({ attack, clients = [] }, group) => {
    const path = `population.attackers[${group}]`
    const root = rootOf(scenario)
    const poisoning = poisonProblem(attack, dataset)
    const kind = scenario.personalization?.kind
    const ownLayers = kind === 'local-layers' || kind === 'fedbn' ? kind : undefined
    return [
      ...(poisoning ? [{ path: `${path}.attack`, message: poisoning }] : []),
      ...(attack.kind === 'not-finite' && scenario.privacy.mode === 'secure-aggregation'
        ? [
            {
              path: `${path}.attack.kind`,
              message:
                'masked updates are whole numbers, none of which is not finite: choose another attack, or sealed updates',
            },
          ]
        : []),
      ...(ownLayers && attackOf(attack).sees !== 'own'
        ? [
            {
              path: `${path}.attack.kind`,
              message: `what others train is of layers of their own under ${ownLayers}, which nobody else has: choose an attack that sees its own update, or leave personalization out`,
            },
          ]
        : []),
      ...(root !== undefined && clients.includes(root)
        ? [{ path: `${path}.clients`, message: `the strategy trusts client ${root}: name another` }]
        : []),
    ]
  })

/** Tried on no rows at all: whether labels and trigger fit the set. */
const poisonProblem = (spec: AttackSpec, { task, inputShape, name }: Dataset): string | undefined => {
  const { poison } = attackOf(spec)
  if (!poison) return undefined
  if (task.kind !== 'classification') return `${name} has no classes to be changed: choose another attack`
  try {
    poison(
      {
        shape: inputShape,
        classes: task.classes.length,
        inputs: new Float32Array(0),
        labels: new Uint8Array(0),
      },
      seededRandom('no rows'),
    )
    return undefined
  } catch (error) {
    if (error instanceof RangeError) return `${error.message}: choose what fits ${name}`
    throw error
  }
}

const found = (work: () => unknown, under?: string): readonly Mistake[] => {
  try {
    work()
    return []
  } catch (error) {
    if (error instanceof ScenarioError)
      return error.mistakes.map(({ path, message }) => ({ path: joined(under, path), message }))
    throw error
  }
}

const joined = (under: string | undefined, path: string): string =>
  [under, path].filter((part) => part !== undefined && part !== '').join('.')

/** Every seed finds the same. */
const distinct = (mistakes: readonly Mistake[]): readonly Mistake[] => [
  ...new Map(mistakes.map((mistake) => [`${mistake.path}\n${mistake.message}`, mistake])).values(),
]
