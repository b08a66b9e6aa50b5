import * as z from 'zod/mini'

/** One thing wrong with a request: where, and what to do about it. */
export const Mistake = z.object({
  /** As in `cohort.quorum` or `model.tensors[3].shape`; empty where it is the whole. */
  path: z.string(),
  message: z.string(),
})
export type Mistake = z.infer<typeof Mistake>

/** Nobody reads more; and an answer is not to be much longer than what was asked. */
const MOST_MISTAKES = 200

/** What a schema found, one entry for each field concerned, the first 200 of them. `under` is put before every path. */
export const mistakesOf = (error: z.core.$ZodError, under: readonly PropertyKey[] = []): Mistake[] =>
  error.issues.flatMap((issue) => mistakesOfIssue(issue, under)).slice(0, MOST_MISTAKES)

const mistakesOfIssue = (issue: z.core.$ZodIssue, under: readonly PropertyKey[]): Mistake[] => {
  const path = [...under, ...issue.path]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'there is no such field' }))
    case 'invalid_union':
      return unionMistakes(issue, path)
    case 'invalid_type':
      return [{ path: pathText(path), message: typeMistake(issue) }]
    case 'too_small':
    case 'too_big':
      return [{ path: pathText(path), message: boundMistake(issue) }]
    default:
      return [{ path: pathText(path), message: issue.message }]
  }
}

/** Zod speaks of `undefined`, which no JSON holds. */
const typeMistake = (issue: z.core.$ZodIssueInvalidType): string =>
  issue.message.endsWith('received undefined')
    ? `is missing: give a value of type ${issue.expected}`
    : issue.message

const COUNTED: Record<string, string> = { string: 'characters', array: 'entries', set: 'entries' }

/** Zod's own words for a bound, `Too small: expected string to have >=1 characters`, in words for people. */
const boundMistake = (issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string => {
  if (!/^Too (small|big): /.test(issue.message)) return issue.message
  const counted = COUNTED[issue.origin]
  const [side, bound] = issue.code === 'too_small' ? ['least', issue.minimum] : ['most', issue.maximum]
  if (counted)
    return side === 'least' && bound === 1 ? 'must not be empty' : `must have at ${side} ${bound} ${counted}`
  if (issue.inclusive === false) return `must be ${side === 'least' ? 'more' : 'less'} than ${bound}`
  return `must be at ${side} ${bound}`
}

/** Of a union, what is wrong with the member that came closest: the one with the fewest mistakes. */
const unionMistakes = (issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): Mistake[] => {
  const closest = issue.errors.toSorted((a, b) => a.length - b.length)[0]
  if (closest) return closest.flatMap((inner) => mistakesOfIssue(inner, path))
  const known = issue.inclusive === false ? [] : (issue.options ?? [])
  const message = known.length > 0 ? `must be one of ${known.map(String).join(', ')}` : issue.message
  return [{ path: pathText(path), message }]
}

/** `model.tensors[3].name`; a name that would be misread is quoted: `metrics["top.5"]`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const name = String(key)
    if (!/^[\w-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`
    return text === '' ? name : `${text}.${name}`
  }, '')
