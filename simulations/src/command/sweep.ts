import { parse, stringify } from 'yaml'
import { ScenarioError } from '../scenarios/scenario-error.ts'
import { pathOf, type Setting } from './read-scenario.ts'

/** One of the runs that a sweep comes to, and what its folder is called: none where nothing is swept. */
export type Variant = { name: string | undefined; settings: readonly Setting[] }

const MOST_VARIANTS = 1_000
const MOST_NAME = 120

/** Every combination of the values that each flag lists: `path=a,b,c`, or `path=[…]` in YAML. @throws ScenarioError */
export const variantsOf = (sweeps: readonly string[]): Variant[] => {
  const axes = sweeps.map(axisOf)
  const size = axes.reduce((product, axis) => product * axis.length, 1)
  if (size > MOST_VARIANTS) throw refuse('--sweep', `comes to ${size} runs: ${MOST_VARIANTS} at most`)
  const grid = axes.reduce<Setting[][]>(
    (rows, axis) => rows.flatMap((row) => axis.map((setting) => [...row, setting])),
    [[]],
  )
  const taken = new Set<string>()
  return grid.map((settings) => {
    if (settings.length === 0) return { name: undefined, settings }
    const name = freeName(settings.map(nameOf).join(',').slice(0, MOST_NAME), taken)
    taken.add(name)
    return { name, settings }
  })
}

const axisOf = (sweep: string): Setting[] => {
  const at = sweep.indexOf('=')
  const help = 'write path=a,b,c, or path=[…] with values in YAML'
  if (at < 1) throw refuse(`--sweep ${sweep}`, help)
  const text = sweep.slice(at + 1).trim()
  const values = listIn(text) ?? listIn(`[${text}]`)
  if (!values || values.length === 0) throw refuse(`--sweep ${sweep}`, help)
  const path = pathOf(sweep.slice(0, at), `--sweep ${sweep}`)
  return values.map((value) => ({ path, value }))
}

/** What the text lists in YAML; `undefined` where it is no list. */
const listIn = (text: string): unknown[] | undefined => {
  try {
    const value: unknown = parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined // the other way of writing it, or refused with how to write it
  }
}

/** `plan.batchSize=10`, `strategy=name_fedadam_tau_0.01` */
const nameOf = ({ path, value }: Setting): string => {
  const text =
    typeof value === 'object' ? stringify(value, { collectionStyle: 'flow', lineWidth: 0 }) : String(value)
  const plain = text.replaceAll(/[^\w.-]+/g, '_').replaceAll(/^_+|_+$/g, '')
  return `${path.join('.').replaceAll(/[^\w.-]+/g, '_')}=${plain}`
}

const freeName = (wanted: string, taken: ReadonlySet<string>): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!taken.has(name)) return name
  }
}

const refuse = (path: string, message: string): ScenarioError => new ScenarioError([{ path, message }])
