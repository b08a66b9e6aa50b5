/** A command of `tributary`, as the line sees it. */
export type Command = {
  /** `backup`; `audit verify`. */
  name: string
  /** What it does, in a few words, for the list of commands. */
  summary: string
  /** What `--help` prints. */
  usage: string
  /** Says what went wrong, before the reason. */
  failed: string
  /** Resolves with the exit code. Throws `ConfigError` for a wrong line, and anything else for what went wrong. */
  run(call: Call): Promise<number>
}

export type Call = {
  /** The words and flags behind the command's name. */
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** Writes to stdout: what was asked for. */
  print(text: string): void
  /** Writes to stderr: everything else. */
  complain(text: string): void
}

export const printJson = ({ print }: Pick<Call, 'print'>, value: unknown): void =>
  print(`${JSON.stringify(value, undefined, 2)}\n`)
