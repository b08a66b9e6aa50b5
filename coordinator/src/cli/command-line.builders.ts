import type { Screen } from './command.ts'
import { tributary } from './tributary.ts'

export type Circumstances = {
  env?: Record<string, string>
  stdin?: string
  screen?: Screen
  /** What stands in for Ctrl-C. */
  interruption?: AbortSignal
  /** Hears what is printed, as it is. */
  printed?: (text: string) => void
}

/** Runs a command line in this process, and gives what it said. */
export const runIn = async (
  { env = {}, stdin = '', printed, ...where }: Circumstances,
  ...args: readonly string[]
) => {
  const said = { out: '', err: '' }
  const code = await tributary({
    args,
    env,
    print(text) {
      said.out += text
      printed?.(text)
    },
    complain(text) {
      said.err += text
    },
    screen: where.screen ?? { isTerminal: false, columns: undefined },
    readStdin: async () => stdin,
    interruption: () => where.interruption ?? new AbortController().signal,
  })
  return { code, ...said }
}

export const run = (...args: string[]) => runIn({}, ...args)

/** What a command prints with `--json`. Throws where it does not end with this code. */
export const runJson = async (args: readonly string[], code = 0): Promise<unknown> => {
  const outcome = await run(...args, '--json')
  if (outcome.code !== code)
    throw new Error(`${args.join(' ')} ended with ${outcome.code}:\n${outcome.out}${outcome.err}`)
  return JSON.parse(outcome.out)
}
