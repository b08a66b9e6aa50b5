import { parseArgs } from 'node:util'
import * as z from 'zod'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const DemoFlags = z.strictObject({
  rounds: whole(1, 10_000).default(20),
  clients: whole(1, 2_000).default(100),
  cohort: whole(1, 2_000).optional(),
  dataset: z.enum(['auto', 'mnist', 'handwriting']).default('auto'),
  data: z.string().min(1).optional(),
  folder: z.string().min(1).optional(),
  seed: whole(0, Number.MAX_SAFE_INTEGER).default(1),
  port: whole(0, 65_535).default(0),
  workers: whole(1, 64).optional(),
  keep: z.boolean().default(false),
  json: z.boolean().default(false),
})

/** What the demo was asked for. `cohort` is the number of updates a round wants. */
export type DemoFlags = Omit<z.infer<typeof DemoFlags>, 'cohort'> & { cohort: number }

export const USAGE = `npm run demo -- [flags]

  A coordinator on this machine trains a digit recognizer with clients that keep their data.

  --rounds N     rounds to complete (20)
  --clients N    clients, one writer each (100)
  --cohort N     updates a round wants (three tenths of the clients)
  --dataset S    auto, mnist or handwriting: MNIST by writer, or handwriting that is drawn here (auto)
  --data DIR     where the data sets are (../shared/data beside the project, if it is there)
  --folder DIR   where the coordinator keeps its data (a temporary folder, removed at the end)
  --seed N       chooses writers, first weights and the drawn handwriting (1)
  --port N       the coordinator's port (any free one)
  --workers N    threads that clients train in (the machine's cores, less one)
  --keep         leave the coordinator running at the end, and its folder in place
  --json         one JSON line a round, and a last one that sums up
`

export class FlagError extends Error {
  override readonly name = 'FlagError'
}

/**
 * Reads the command line.
 * @throws FlagError that names every flag that is wrong.
 */
export const parseFlags = (args: readonly string[]): DemoFlags | 'help' => {
  const { values } = readArgs(args)
  if (values.help) return 'help'
  const { help: _, ...given } = values
  const parsed = DemoFlags.safeParse(given)
  if (!parsed.success)
    throw new FlagError(
      parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'),
    )
  const { cohort = Math.max(1, Math.round(parsed.data.clients * 0.3)), ...flags } = parsed.data
  if (cohort > flags.clients)
    throw new FlagError(`--cohort: ${cohort} updates cannot come from ${flags.clients} clients`)
  return { ...flags, cohort }
}

const readArgs = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        clients: { type: 'string' },
        cohort: { type: 'string' },
        dataset: { type: 'string' },
        data: { type: 'string' },
        folder: { type: 'string' },
        seed: { type: 'string' },
        port: { type: 'string' },
        workers: { type: 'string' },
        keep: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (cause) {
    throw new FlagError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
