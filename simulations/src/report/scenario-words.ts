import { percent } from './number-format.ts'
import type { RunResults, ScenarioRecord } from './results.ts'

type Named = string | { readonly name: string } | undefined

export const datasetOf = ({ dataset }: ScenarioRecord): string => nameOf(dataset)

/** The strategy of the scenario, or of its task; a dash where neither names one. */
export const strategyOf = ({ strategy, task }: ScenarioRecord): string => nameOf(strategy ?? task?.strategy)

/** Who attacks, and how many: `10 % sign-flip, 3 clients backdoor, the others honest`; undefined where nobody does. */
export const attackersOf = ({ population }: ScenarioRecord): string | undefined => {
  const groups = population?.attackers ?? []
  if (groups.length === 0) return undefined
  const words = groups.map(({ attack, share, clients = [] }) => {
    const many =
      share === undefined ? `${clients.length} client${clients.length === 1 ? '' : 's'}` : percent(share)
    return `${many} ${attack.kind}`
  })
  return `${words.join(', ')}, the others honest`
}

/** The accuracy to be reached, where the scenario names one. */
export const targetOf = ({ target }: ScenarioRecord): number | undefined =>
  typeof target === 'object' ? target.accuracy : target

/** The scenario's JSON as text for people. */
export const scenarioText = ({ scenario }: Pick<RunResults, 'scenario'>): string =>
  JSON.stringify(scenario, null, 2)

/** Where two or more scenarios differ: by path (`dataset.name`), the value of each as JSON, or `undefined`. */
export const scenarioDifferences = (
  scenarios: readonly object[],
): readonly { readonly path: string; readonly values: readonly (string | undefined)[] }[] => {
  const flat = scenarios.map((scenario) => new Map(leavesOf(scenario, '')))
  const paths = [...new Set(flat.flatMap((leaves) => [...leaves.keys()]))]
  return paths
    .map((path) => ({ path, values: flat.map((leaves) => leaves.get(path)) }))
    .filter(({ values }) => new Set(values).size > 1)
}

/** A list of plain values is one leaf, so that a seed more moves no other row. */
const leavesOf = (value: unknown, path: string): readonly (readonly [string, string])[] => {
  if (typeof value !== 'object' || value === null) return [[path, JSON.stringify(value) ?? 'undefined']]
  const children = Object.entries(value)
  const plain = children.every(([, child]) => typeof child !== 'object' || child === null)
  if (children.length === 0 || (Array.isArray(value) && plain)) return [[path, JSON.stringify(value)]]
  return children.flatMap(([key, child]) => leavesOf(child, path === '' ? key : `${path}.${key}`))
}

const nameOf = (named: Named): string => (typeof named === 'object' ? named.name : (named ?? '–'))
