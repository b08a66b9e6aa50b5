/** A command of `tributary`, as the line sees it. */
export type Command = {
  /** `backup`; `audit verify`. */
  name: string
  /** What it does, in a few words, for the list of commands. */
  summary: string
  /** What `--help` prints. It names every flag there is: completion reads them here. */
  usage: string
  /** Says what went wrong, before the reason. */
  failed: string
  /** Resolves with the exit code. Throws `ConfigError` for a wrong line, and anything else for what went wrong. */
  run(call: Call): Promise<number>
}

/** What stdout is shown on. */
export type Screen = {
  isTerminal: boolean
  /** Its width; undefined where it is no terminal. */
  columns: number | undefined
}

export type Call = {
  /** The words and flags behind the command's name. */
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** Writes to stdout: what was asked for. */
  print(text: string): void
  /** Writes to stderr: everything else. */
  complain(text: string): void
  screen: Readonly<Screen>
  /** All of stdin, as text. */
  readStdin(): Promise<string>
  /** From the first call on Ctrl-C aborts this signal, once, in place of ending the process. */
  interruption(): AbortSignal
}

/** C1 controls are legal in JSON, and some terminals act on them. */
export const printJson = ({ print }: Pick<Call, 'print'>, value: unknown, indent: 0 | 2 = 2): void =>
  print(`${JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f]/g, escaped)}\n`)

const escaped = (control: string): string => `\\u00${control.charCodeAt(0).toString(16)}`
