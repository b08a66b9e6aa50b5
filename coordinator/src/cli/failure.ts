import { RestProblem, StrangeAnswerError, UnreachableError } from '../rest-client/rest-client.ts'
import { plainText } from '../terminal/terminal-text.ts'

/** What went wrong, and what to do next where that is known. What a server said cannot steer the terminal. */
export const failureInWords = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof RestProblem) {
    const mistakes = error.mistakes.map(({ path, message: what }) => `  ${path || 'the whole'}: ${what}`)
    const listed =
      error.mistakes.length > 0 && error.mistakes.every((each) => error.detail.includes(each.message))
    return withNext([...(listed ? [] : [error.detail]), ...mistakes], NEXT[error.word ?? ''])
  }
  if (error instanceof UnreachableError)
    return withNext(
      [message],
      'Is it running, and is --url (TRIBUTARY_URL) its address? `tributary serve` starts one.',
    )
  if (error instanceof StrangeAnswerError)
    return withNext([message], 'Give --url (TRIBUTARY_URL) the coordinator’s own address, without /api.')
  // Of an answer that cannot be read, the platform's own words quote the beginning.
  return message.split('\n').map(plainText).join('\n')
}

const withNext = (lines: readonly string[], next: string | undefined): string =>
  [...lines.map(plainText), ...(next === undefined ? [] : [`→ ${next}`])].join('\n')

/** The next step, by the reason word of a problem. */
const NEXT: Readonly<Record<string, string>> = {
  unauthenticated:
    'Set TRIBUTARY_TOKEN to an operator token: the first start printed one, `tributary tokens create` makes others.',
  forbidden: 'Use a token of a higher role: an admin makes one with `tributary tokens create`.',
  'not-found':
    'See what there is: `tributary tasks list`, `rounds list <task>`, `models list <task>`, `clients list`.',
  'already-exists': 'Choose another id, or see what is there: `tributary tasks show <task>`.',
  'round-open':
    'Watch it with `tributary rounds watch <task>`, or end it with `tributary rounds abandon <round>`.',
  'round-over': 'See how it ended: `tributary rounds show <round>`.',
  'no-model': 'Give it one: `tributary models import <task> <file>`.',
  'task-not-active': 'Resume it if it is paused: `tributary tasks resume <task>`. A finished task stays so.',
  'privacy-budget': 'See what was spent: `tributary privacy ledger`.',
  gone: 'Import the weights again where they were kept: `tributary models import <task> <file>`.',
  'storage-full': 'Make room: `tributary retention --dry-run` says what could go.',
  'too-many-requests': 'Wait a little, and try again.',
  'limit-reached': 'Delete one that is needed no more.',
}
