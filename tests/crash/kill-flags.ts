/** What `npm run test:kills` is told on its command line. */
import { parseArgs } from 'node:util'
import type { Mode } from './plan.ts'
import { stages } from './stages.ts'

export const USAGE = `Kills real coordinators, and sees that nothing comes of it.

npm run test:kills -- [flags]

  --count 500           at every boundary of a round, then by chance, until 500 kills are counted
  --privacy both        whose rounds: sealed, secure-aggregation, or both
  --sweep thorough      at every passing of a boundary with more by chance after it; quick: at the first of each alone
  --store sqlite        where coordinators keep what they keep: ${Object.keys(stages).join(' or ')}
  --postgres URL        a server to use; else one is started, and ends with the run
  --seed 1              what clients' keys and updates, and everything left to chance, follow from
  --from 40             goes on with trial 40 of the seed
  --jobs 2              trials at a time
  --replay '<plan>'     one trial, as a failing one printed it
  --help                these lines`

export type KillFlags = {
  count: number
  from: number
  jobs: number
  seed: string
  store: string
  postgres?: string | undefined
  privacy: keyof typeof MODES
  sweep: 'thorough' | 'quick'
  replay?: string | undefined
}

/** Whose rounds `--privacy` means. */
export const MODES = {
  sealed: ['sealed'],
  'secure-aggregation': ['secure-aggregation'],
  both: ['sealed', 'secure-aggregation'],
} as const satisfies Record<string, readonly [Mode, ...Mode[]]>

/** The flags, or the way out: help that was asked for, or what is wrong with them. */
export const readKillFlags = (
  args: readonly string[],
): { kind: 'run'; flags: KillFlags } | { kind: 'help' } | { kind: 'wrong'; why: string } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        count: { type: 'string', default: '500' },
        from: { type: 'string', default: '1' },
        seed: { type: 'string', default: '1' },
        store: { type: 'string', default: 'sqlite' },
        postgres: { type: 'string' },
        privacy: { type: 'string', default: 'both' },
        sweep: { type: 'string', default: 'thorough' },
        jobs: { type: 'string', default: '2' },
        replay: { type: 'string' },
      },
    })
    if (values.help) return { kind: 'help' }
    const flags: KillFlags = {
      count: wholeNumber('count', values.count),
      from: wholeNumber('from', values.from),
      jobs: wholeNumber('jobs', values.jobs),
      seed: values.seed,
      store: oneOf('store', values.store, Object.keys(stages)),
      postgres: values.postgres,
      privacy: oneOf('privacy', values.privacy, ['sealed', 'secure-aggregation', 'both']),
      sweep: oneOf('sweep', values.sweep, ['thorough', 'quick']),
      replay: values.replay,
    }
    return { kind: 'run', flags }
  } catch (error) {
    if (error instanceof Error) return { kind: 'wrong', why: error.message }
    throw error
  }
}

const wholeNumber = (flag: string, text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`--${flag} is a whole number from 1 up, not ${text}`)
  return number
}

const oneOf = <Word extends string>(flag: string, text: string, words: readonly Word[]): Word => {
  const word = words.find((each) => each === text)
  if (word === undefined) throw new RangeError(`--${flag} is one of ${words.join(', ')}, not ${text}`)
  return word
}
