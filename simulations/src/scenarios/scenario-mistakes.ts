/** What a schema finds wrong with a scenario, as people want to be told it: where it is, and what would do. */
import { type Mistake, pathText } from '@tributary/protocols/rest'
import * as z from 'zod'
import { nearestName } from './nearest-name.ts'

/** All mistakes of an input that `schema` refused, each with its path. */
export const mistakesOf = (
  error: z.ZodError,
  { schema, input }: { schema: z.ZodType; input: unknown },
): Mistake[] => {
  const mistakesOfIssue = (issue: z.core.$ZodIssue, under: readonly PropertyKey[]): Mistake[] => {
    const at = [...under, ...issue.path]
    const path = pathText(at)
    if (issue.code === 'unrecognized_keys') {
      const known = fieldsAt(schema, input, at)
      return issue.keys.map((key) => ({
        path: pathText([...at, key]),
        message: `there is no such field${alternatives(key, known)}`,
      }))
    }
    // Of a union, what is wrong with the member that came closest: the one with the fewest mistakes.
    const [closest] =
      issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => a.length - b.length) : []
    if (closest) return closest.flatMap((inner) => mistakesOfIssue(inner, at))
    const given = valueAt(input, at)
    const choices = choicesOf(issue)
    const wanted =
      issue.code === 'invalid_type' ? `${kindOf(issue)}${ofChoices(fieldsAt(schema, input, at))}` : undefined
    if (given === undefined && issue.code !== 'custom')
      return [{ path, message: `is missing${wanted ? `: give ${wanted}` : ofChoices(choices)}` }]
    if (wanted) return [{ path, message: `${shown(given)} does not do: give ${wanted}` }]
    if (choices.length > 0)
      return [{ path, message: `${JSON.stringify(given)} is none of them${alternatives(given, choices)}` }]
    return [{ path, message: issue.message }]
  }
  return error.issues.flatMap((issue) => mistakesOfIssue(issue, []))
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}
const kindOf = ({ expected }: z.core.$ZodIssueInvalidType): string => KINDS[expected] ?? expected

const MOST_SHOWN = 60
/** As the scenario has it; cut where that is long. */
const shown = (given: unknown): string => {
  const text = typeof given === 'number' ? String(given) : JSON.stringify(given)
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`
}

/** Texts that would do, where only some would. */
const choicesOf = (issue: z.core.$ZodIssue): string[] => {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return issue.options.map(String)
  return []
}

const alternatives = (given: unknown, choices: readonly string[]): string => {
  const near = nearestName(String(given), choices)
  return `${near === undefined ? '' : `: did you mean ${near}?`}${ofChoices(choices)}`
}

const ofChoices = (choices: readonly string[]): string =>
  choices.length === 0 ? '' : ` (${choices.join(', ')})`

type JsonSchema = z.core.JSONSchema.BaseSchema

/** Names of the fields that the schema knows at this place, given what the input chose on the way. */
const fieldsAt = (schema: z.ZodType, input: unknown, path: readonly PropertyKey[]): string[] => {
  let at = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema]
  let value = input
  for (const step of path) {
    at = branchesOf(at, value).flatMap((branch) => {
      const next = typeof step === 'number' ? branch.items : branch.properties?.[String(step)]
      return typeof next === 'object' && !Array.isArray(next) ? [next] : []
    })
    value = valueAt(value, [step])
  }
  return [...new Set(branchesOf(at, value).flatMap(({ properties = {} }) => Object.keys(properties)))]
}

/** Unions taken apart; of branches that a constant field tells apart, those that the value chose. */
const branchesOf = (schemas: readonly JsonSchema[], value: unknown): JsonSchema[] =>
  schemas.flatMap((schema): JsonSchema[] => {
    const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
    const own = schema.properties || schema.items ? [schema] : []
    return [...own.filter((branch) => isChosen(branch, value)), ...branchesOf(inner, value)]
  })

const isChosen = ({ properties = {} }: JsonSchema, value: unknown): boolean =>
  Object.entries(properties).every(([name, field]) => {
    const given = valueAt(value, [name])
    return (
      typeof field !== 'object' || field.const === undefined || given === undefined || given === field.const
    )
  })

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? at[step as keyof typeof at]
        : undefined,
    value,
  )
