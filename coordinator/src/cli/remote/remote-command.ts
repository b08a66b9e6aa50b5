/** What the commands have in common that ask a running coordinator over REST. */
import * as z from 'zod'
import { readTextFile } from '../../adapters/files/text-file.ts'
import { ConfigError } from '../../config.ts'
import { createRestClient, type Patience, type RestClient } from '../../rest-client/rest-client.ts'
import { REMOTE_USAGE, readRemote } from '../../settings/remote-settings.ts'
import { wantsColour } from '../../terminal/terminal-text.ts'
import { type Call, type Command, printJson } from '../command.ts'
import { EXIT, InterruptedError, NotSignedInError } from '../exit-codes.ts'
import { type Column, textTable } from '../text-table.ts'

type Schemas = Readonly<Record<string, z.core.$ZodType>>
type Parsed<Operands extends Schemas> = { [Name in keyof Operands]: z.output<Operands[Name]> }

export type Remote<Flags, Switch extends string, Operands> = {
  rest: RestClient
  /** Another client of the same coordinator, for what takes longer. */
  restWith(patience: Partial<Patience>): RestClient
  flags: Flags
  isOn(name: Switch): boolean
  operands: Operands
  call: Call
  /** Whether `--json` was asked for. */
  json: boolean
  colour: boolean
  /** Prints the value as JSON where that was asked for, and in words otherwise. That was all: the code is 0. */
  show<Value>(value: Value, inWords: (value: Value) => string): number
  table: DrawTable
}

export type DrawTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => string

export type RemoteSpec<Flags extends z.ZodObject, Switch extends string, Operands extends Schemas> = Pick<
  Command,
  'name' | 'summary' | 'failed'
> & {
  /** The words behind the name, as usage shows them: `<task> [--limit N]`. */
  line: string
  /** What it does, in sentences. */
  says: string
  /** Its own flags and operands, a line each. */
  explained?: string
  operands: Operands
  flags: Flags
  switches: readonly Switch[]
  letters?: Readonly<Record<string, string>>
  /** Resolves with the exit code. */
  run(remote: Remote<z.output<Flags>, Switch | 'json', Parsed<Operands>>): Promise<number>
}

export const remoteCommand = <Flags extends z.ZodObject, Switch extends string, Operands extends Schemas>(
  spec: RemoteSpec<Flags, Switch, Operands>,
): Command => ({
  name: spec.name,
  summary: spec.summary,
  failed: spec.failed,
  usage: `tributary ${[spec.name, spec.line].filter(Boolean).join(' ')} [--json] [flags]

${spec.says}

${spec.explained ?? ''}  --json                 as JSON
${REMOTE_USAGE}`,
  async run(call) {
    const { remote, flags, isOn, operand } = readRemote(
      {
        flags: spec.flags,
        switches: [...spec.switches, 'json' as const],
        operands: Object.keys(spec.operands),
        ...(spec.letters && { letters: spec.letters }),
      },
      { ...call, readText: readTextFile },
    )
    const operands = parsedOperands(spec.operands, operand)
    if (!remote.token)
      throw new NotSignedInError(
        'There is no operator token.\n→ Set TRIBUTARY_TOKEN, or name a file that holds one by --token-file or TRIBUTARY_TOKEN_FILE.',
      )
    const token = remote.token.reveal()
    const restWith = (patience: Partial<Patience>) =>
      createRestClient({ url: remote.url, credentials: { kind: 'token', token }, patience })
    const colour = wantsColour({ isTTY: call.screen.isTerminal, noColor: call.env.NO_COLOR })
    const json = isOn('json')
    return spec.run({
      rest: restWith({}),
      restWith,
      flags,
      isOn,
      operands,
      call,
      json,
      colour,
      show(value, inWords) {
        if (json) printJson(call, value)
        else call.print(inWords(value))
        return EXIT.done
      },
      table: (columns, rows) => textTable(columns, rows, { colour, columns: call.screen.columns }),
    })
  },
})

const parsedOperands = <Operands extends Schemas>(
  schemas: Operands,
  operand: (name: string) => string,
): Parsed<Operands> => {
  const texts = Object.fromEntries(Object.keys(schemas).map((name) => [name, operand(name)]))
  const parsed = z.object(schemas).safeParse(texts)
  if (parsed.success) return parsed.data as Parsed<Operands>
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => ({ path: `<${String(path[0])}>`, message })),
  )
}

export const NO_FLAGS = z.object({})

/** Everything of a list, or its first `limit`. */
export const taken = async <Item>(
  items: AsyncIterable<Item>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Item[]> => {
  const found: Item[] = []
  if (limit > 0)
    for await (const item of items) {
      found.push(item)
      if (found.length >= limit) break
    }
  return found
}

export const LIMIT_USAGE = `  --limit N              the first N alone (all)
`
export const limitFlag = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .optional(),
}

/** Waits, or throws where Ctrl-C comes first. */
export const waitOrEnd = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new InterruptedError('interrupted'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })

/** `2026-03-01 09:30:00Z`. */
export const timeText = (at: string | null | undefined): string =>
  at ? `${at.slice(0, 10)} ${at.slice(11, 19)}Z` : '-'
