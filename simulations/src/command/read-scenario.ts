import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { ScenarioError } from '../scenarios/scenario-error.ts'

/** A scenario is some dozens of lines. */
const MOST_BYTES = 1_000_000

const BUILT_IN = new URL('../scenarios/built-in/', import.meta.url)

/** Names of the scenarios that come with the project. */
export const builtInScenarios = async (): Promise<string[]> =>
  (await readdir(fileURLToPath(BUILT_IN)))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()

/**
 * What a scenario file (YAML or JSON) says, or the scenario of that name that comes with the project; not checked yet.
 * @throws ScenarioError for a file that is not there, too large or no YAML.
 */
export const readScenario = async (named: string): Promise<unknown> => {
  const names = await builtInScenarios()
  if (!isFile(named) && !names.includes(named))
    throw refuse(`there is no scenario ${named}: name a file, or one of ${names.join(', ')}`)
  const path = isFile(named) ? named : fileURLToPath(new URL(`${named}.yaml`, BUILT_IN))
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw refuse(`${named} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
  if (text.length > MOST_BYTES) throw refuse(`${named} has ${text.length} characters, which is no scenario`)
  try {
    return parse(text, { maxAliasCount: 100 })
  } catch (cause) {
    throw refuse(`${named} is no YAML: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** Where the scenario lies: what files it names are relative to. */
export const folderOf = (named: string): string => (isFile(named) ? dirname(named) : fileURLToPath(BUILT_IN))

const isFile = (named: string): boolean => /[./\\]/.test(named)

/**
 * The scenario with one field set: `cohort.target=20`, `seeds=[1,2,3]`. The value is read as YAML.
 * @throws ScenarioError for an override without a path or a value.
 */
export const withOverride = (scenario: unknown, override: string): unknown => {
  const at = override.indexOf('=')
  if (at < 1) throw refuse(`--set ${override}: write path=value, such as cohort.target=20`)
  const path = override.slice(0, at).split('.')
  if (path.some((part) => part === '' || part === '__proto__'))
    throw refuse(`--set ${override}: ${override.slice(0, at)} is no path of a field`)
  return setAt(scenario, path, parse(override.slice(at + 1)))
}

const setAt = (value: unknown, [first, ...rest]: readonly string[], to: unknown): unknown => {
  if (first === undefined) return to
  const fields = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return { ...fields, [first]: setAt((fields as Record<string, unknown>)[first], rest, to) }
}

const refuse = (message: string): ScenarioError => new ScenarioError([{ path: '', message }])
