/** From flags, variables and files to typed settings: every mistake is found at once, and named by where it stands. */
import { parseArgs } from 'node:util'
import type * as z from 'zod'
import type { Mistake } from '../refusal.ts'

/** What a command can be told. */
export type Grammar<
  Settings extends z.ZodObject,
  Flags extends z.ZodObject,
  Switch extends string,
  Operand extends string,
> = {
  /** One setting each: its flag is `--<name>`, its variable `TRIBUTARY_<NAME>`. The flag wins. */
  settings: Settings
  /** Flags of this command alone, that no variable sets. */
  flags: Flags
  /** Settings whose variable may be `TRIBUTARY_<NAME>_FILE` instead, naming a file that holds them. */
  fromFiles: readonly string[]
  /** Flags that take no value. */
  switches: readonly Switch[]
  /** Words without a flag, all of them needed, in this order. */
  operands: readonly Operand[]
  /** Flags that may be written with one letter: `{ output: 'o' }`. */
  letters?: Readonly<Record<string, string>>
}

export type Sources = {
  env: Readonly<Record<string, string | undefined>>
  args: readonly string[]
  /** The text of a file. Throws where it cannot be read. */
  readText(path: string): string
}

export type Told<
  Settings extends z.ZodObject,
  Flags extends z.ZodObject,
  Switch extends string,
  Operand extends string,
> = {
  settings: z.output<Settings>
  flags: z.output<Flags>
  isOn(name: Switch): boolean
  operand(name: Operand): string
}

/** Every mistake in the settings, each with the name of its flag or variable; never with its value where that is secret. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly mistakes: readonly Mistake[]
  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ path, message }) => `${path} ${message}`).join('\n'))
    this.mistakes = mistakes
  }
}

/**
 * Variables that are empty count as not set.
 * @throws ConfigError that lists every mistake.
 */
export const readSettings = <
  Settings extends z.ZodObject,
  Flags extends z.ZodObject,
  Switch extends string,
  Operand extends string,
>(
  grammar: Grammar<Settings, Flags, Switch, Operand>,
  sources: Sources,
): Told<Settings, Flags, Switch, Operand> => {
  const variables = Object.keys(grammar.settings.shape)
  const names = [...variables, ...Object.keys(grammar.flags.shape)]
  const line = readLine(grammar, names, sources.args)
  const given = new Map<string, Given>()
  const unreadable: Mistake[] = []
  for (const name of names) {
    const flag = line.values.get(name)
    if (flag !== undefined) {
      given.set(name, { from: `--${name}`, text: flag })
      continue
    }
    if (!variables.includes(name)) continue
    const found = fromEnvironment(name, grammar.fromFiles.includes(name), sources)
    if (found && 'message' in found) unreadable.push(found)
    else if (found) given.set(name, found)
  }
  const texts = Object.fromEntries(Array.from(given, ([name, { text }]) => [name, text]))
  const settings = grammar.settings.safeParse(texts)
  const flags = grammar.flags.safeParse(texts)
  const wrong = [...(settings.error?.issues ?? []), ...(flags.error?.issues ?? [])].map(
    ({ path, message }) => {
      const name = String(path[0])
      return { path: given.get(name)?.from ?? `--${name}`, message }
    },
  )
  const mistakes = [...line.mistakes, ...unreadable, ...wrong]
  if (!settings.success || !flags.success || mistakes.length > 0) throw new ConfigError(mistakes)
  return {
    settings: settings.data,
    flags: flags.data,
    isOn: (name) => line.on.has(name),
    operand: (name) => line.operands[grammar.operands.indexOf(name)] ?? '',
  }
}

type Given = { from: string; text: string }

const variableOf = (name: string): string => `TRIBUTARY_${name.toUpperCase().replaceAll('-', '_')}`

const fromEnvironment = (
  name: string,
  mayBeFile: boolean,
  { env, readText }: Sources,
): Given | Mistake | undefined => {
  const variable = variableOf(name)
  const text = env[variable]
  const fileVariable = `${variable}_FILE`
  const path = mayBeFile ? env[fileVariable] : undefined
  if (text && path) return { path: fileVariable, message: `is set beside ${variable}: leave one of them out` }
  if (text) return { from: variable, text }
  if (!path) return undefined
  try {
    return { from: fileVariable, text: readText(path).trim() }
  } catch {
    return { path: fileVariable, message: `names a file that cannot be read: ${path}` }
  }
}

/** The flags given, `--port 80` or `--port=80`, the words between them, and every argument that is neither. */
const readLine = (
  {
    switches,
    operands,
    letters = {},
  }: Pick<Grammar<z.ZodObject, z.ZodObject, string, string>, 'switches' | 'operands' | 'letters'>,
  names: readonly string[],
  args: readonly string[],
) => {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries([
      ...names.map((name) => [
        name,
        { type: 'string' as const, ...(letters[name] !== undefined && { short: letters[name] }) },
      ]),
      ...switches.map((name) => [name, { type: 'boolean' as const }]),
    ]),
    strict: false,
    tokens: true,
  })
  const flags = [...names, ...switches].map((name) => `--${name}`).join(', ')
  const values = new Map<string, string>()
  const on = new Set<string>()
  const words: string[] = []
  const mistakes: Mistake[] = []
  for (const token of tokens) {
    if (token.kind === 'positional' && words.length < operands.length) words.push(token.value)
    else if (token.kind === 'positional')
      // Not repeated: behind a mistyped --database stands a password.
      mistakes.push({ path: `argument ${token.index + 1}`, message: 'is not expected here' })
    if (token.kind !== 'option') continue
    if (switches.includes(token.name) && token.value === undefined) on.add(token.name)
    else if (switches.includes(token.name)) mistakes.push({ path: token.rawName, message: 'takes no value' })
    else if (!names.includes(token.name))
      mistakes.push({ path: token.rawName, message: `is not a flag: there are ${flags || 'none'}` })
    else if (token.value === undefined) mistakes.push({ path: token.rawName, message: 'needs a value' })
    else values.set(token.name, token.value)
  }
  for (const missing of operands.slice(words.length))
    mistakes.push({ path: `<${missing}>`, message: 'is missing' })
  return { values, on, operands: words, mistakes }
}
