import { tributary } from './tributary.ts'

/** Runs a command line in this process, and gives what it said. */
export const run = async (...args: string[]) => {
  const said = { out: '', err: '' }
  const code = await tributary({
    args,
    env: {},
    print(text) {
      said.out += text
    },
    complain(text) {
      said.err += text
    },
  })
  return { code, ...said }
}

/** What a command prints with `--json`. Throws where it does not end with this code. */
export const runJson = async (args: readonly string[], code = 0): Promise<unknown> => {
  const outcome = await run(...args, '--json')
  if (outcome.code !== code)
    throw new Error(`${args.join(' ')} ended with ${outcome.code}:\n${outcome.out}${outcome.err}`)
  return JSON.parse(outcome.out)
}
