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

/** One field, and what it is set to. */
export type Setting = { path: readonly string[]; value: unknown }

/** `cohort.target=20`, `seeds=[1,2,3]`; the value is read as YAML. @throws ScenarioError for a text that sets nothing. */
export const settingOf = (text: string): Setting => {
  const at = text.indexOf('=')
  if (at < 1) throw refuse(`--set ${text}: write path=value, such as cohort.target=20`)
  const path = pathOf(text.slice(0, at), `--set ${text}`)
  try {
    return { path, value: parse(text.slice(at + 1)) }
  } catch (cause) {
    throw refuse(
      `--set ${text}: the value is no YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
}

/** @throws ScenarioError for a text that is no path of a field; `flag` is where it was written. */
export const pathOf = (text: string, flag: string): string[] => {
  const path = text.split('.')
  if (path.some((part) => part === '' || part === '__proto__'))
    throw refuse(`${flag}: ${text} is no path of a field`)
  return path
}

/** The scenario with one field set. */
export const withSetting = (scenario: unknown, { path, value }: Setting): unknown => {
  const [first, ...rest] = path
  if (first === undefined) return value
  const fields = typeof scenario === 'object' && scenario !== null && !Array.isArray(scenario) ? scenario : {}
  const inner = (fields as Record<string, unknown>)[first]
  return { ...fields, [first]: withSetting(inner, { path: rest, value }) }
}

const refuse = (message: string): ScenarioError => new ScenarioError([{ path: '', message }])
