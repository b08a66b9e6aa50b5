import { parseArgs } from 'node:util'
import * as z from 'zod'
import { FlagError } from '../demo/flags.ts'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const KeyboardFlags = z.strictObject({
  speakers: whole(3, 200).default(32),
  rounds: whole(1, 100_000).optional(),
  port: whole(0, 65_535).default(0),
  'coordinator-port': whole(0, 65_535).default(0),
  data: z.string().min(1).optional(),
  download: z.boolean().default(false),
  folder: z.string().min(1).optional(),
  workers: whole(1, 64).optional(),
  json: z.boolean().default(false),
})

export type KeyboardFlags = z.infer<typeof KeyboardFlags>

export const USAGE = `npm run keyboard -- [flags]

  A keyboard whose suggestions are learned by Shakespeare's speakers, a client each, and by whoever opens its page.

  --speakers N          speakers who take part, those with most lines (32)
  --rounds N            rounds to complete; then the page stays (no end)
  --port N              the page's port (any free one)
  --coordinator-port N  the coordinator's port (any free one)
  --data DIR            where the data sets are (../shared/data beside the project)
  --download            fetch Tiny Shakespeare (1.1 MB) into that folder where it is not there
  --folder DIR          where the coordinator keeps its data (a temporary folder, removed at the end)
  --workers N           threads that the speakers train in (the machine's cores, less one)
  --json                one JSON line for the address, and one for each version
  Ctrl-C ends all of it.
`

/**
 * Reads the command line.
 * @throws FlagError that names every flag that is wrong.
 */
export const parseFlags = (args: readonly string[]): KeyboardFlags | 'help' => {
  const { help, ...given } = readArgs(args)
  if (help) return 'help'
  const parsed = KeyboardFlags.safeParse(given)
  if (parsed.success) return parsed.data
  throw new FlagError(
    parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'),
  )
}

const readArgs = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        speakers: { type: 'string' },
        rounds: { type: 'string' },
        port: { type: 'string' },
        'coordinator-port': { type: 'string' },
        data: { type: 'string' },
        download: { type: 'boolean' },
        folder: { type: 'string' },
        workers: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (cause) {
    throw new FlagError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
