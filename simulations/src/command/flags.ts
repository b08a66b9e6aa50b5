import { parseArgs } from 'node:util'
import * as z from 'zod'
import { ScenarioError } from '../scenarios/scenario-error.ts'

export const HELP = `npm run simulate -- [scenario] [options]     runs an experiment in virtual time

  scenario            a YAML or JSON file, or the name of one that comes with the project (--list); left out: handwriting

  --set path=value    sets a field, again for more: --set cohort.target=20 --set strategy.name=median
  --sweep path=a,b,c  runs the scenario once for each value, in folders of their own; values may be YAML:
                      --sweep 'strategy=[{name: fedavg}, {name: fedadam, serverLearningRate: 0.01}]'
                      again for more: every combination is run
  --seeds 1,2,3       random seeds, a run for each
  --rounds N          the same as --set rounds=N
  --workers N         threads that train; results do not depend on it
  --out FOLDER        where results go, empty; left out, a new folder in the system's temporary one
  --resume            goes on with what lies in --out: seeds that have ended are not run again, one that was broken off
                      goes on from its last checkpoint (after every checkpointEvery completed rounds)
  --data FOLDER       where data sets are; left out: ../shared/data
  --download          fetches data files that are missing from their official homes
  --json              a line of JSON for each round, then {"summary":{…}}; with npm run -s, or npm writes lines of its own
  --list              the scenarios that come with the project
  --help              this

Ctrl-C (or SIGTERM) ends a run after the round that is at work, with its results; a second one ends it at once.
Exit codes: 0 all was run, 1 a run failed, 2 what was asked cannot be run, 130 interrupted.
`

const list = (text: string) => text.split(',').map((part) => part.trim())
const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const Flags = z.strictObject({
  set: z.array(z.string()).default([]),
  sweep: z.array(z.string()).default([]),
  seeds: z
    .string()
    .transform((text) => list(text).map(Number))
    .pipe(z.array(z.int().min(0)).min(1))
    .optional(),
  rounds: whole(1, 1_000_000).optional(),
  workers: whole(1, 256).optional(),
  out: z.string().min(1).optional(),
  resume: z.boolean().default(false),
  data: z.string().min(1).optional(),
  download: z.boolean().default(false),
  json: z.boolean().default(false),
  list: z.boolean().default(false),
  help: z.boolean().default(false),
})
export type Flags = z.infer<typeof Flags> & { scenario: string }

/** @throws ScenarioError for flags that are not known or make no sense. */
export const readFlags = (args: readonly string[]): Flags => {
  const text = { type: 'string' } as const
  const yes = { type: 'boolean' } as const
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse()
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause))
  }
  const { values, positionals } = parsed
  if (positionals.length > 1) throw refuse(`one scenario at a time, not ${positionals.join(' and ')}`)
  const flags = Flags.safeParse(values)
  if (!flags.success)
    throw new ScenarioError(
      flags.error.issues.map(({ path, message }) => ({ path: `--${path.join('.')}`, message })),
    )
  if (flags.data.resume && !flags.data.out)
    throw refuse('--resume needs the folder that is to be gone on with: name it with --out')
  return { ...flags.data, scenario: positionals[0] ?? 'handwriting' }

  function parse() {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        set: { type: 'string', multiple: true },
        sweep: { type: 'string', multiple: true },
        seeds: text,
        rounds: text,
        workers: text,
        out: text,
        resume: yes,
        data: text,
        download: yes,
        json: yes,
        list: yes,
        help: yes,
      },
    })
  }
}

const refuse = (message: string): ScenarioError => new ScenarioError([{ path: '', message }])
