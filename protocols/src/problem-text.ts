import type * as z from 'zod/mini'

/**
 * Everything that a schema found wrong, in one line: `at model.version: a number is expected; at colour: there is no such field`. Says as much where
 * zod's own words are not loaded, which `zod/mini` leaves out.
 */
export const problemText = ({ issues }: z.core.$ZodError): string =>
  issues
    .map((issue) => {
      const path = issue.path.map(String).join('.')
      const words = issue.message === WORDLESS ? wordsFor(issue) : issue.message
      return path === '' ? words : `at ${path}: ${words}`
    })
    .join('; ')

/** What zod says of anything where no language is loaded. */
const WORDLESS = 'Invalid input'

const wordsFor = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.expected} is expected`
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')} is expected`
    case 'too_small':
      return `${issue.origin} of ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum} is expected`
    case 'too_big':
      return `${issue.origin} of ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum} is expected`
    case 'unrecognized_keys':
      return `there is no such field as ${issue.keys.join(', ')}`
    case 'invalid_union':
      return `it is none of the kinds that there are`
    default:
      return `it is not as it must be (${issue.code})`
  }
}
