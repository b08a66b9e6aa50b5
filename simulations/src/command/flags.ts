import { parseArgs } from 'node:util'
import * as z from 'zod'
import { ScenarioError } from '../scenarios/scenario-error.ts'

export const HELP = `npm run simulate -- [scenario] [options]     runs an experiment in virtual time

  scenario            a YAML or JSON file, or the name of one that comes with the project (--list); left out: handwriting

  --set path=value    sets a field, again for more: --set cohort.target=20 --set strategy.name=median
  --sweep path=a,b,c  runs the scenario once for each value, in folders of their own
  --seeds 1,2,3       random seeds, a run for each
  --rounds N          the same as --set rounds=N
  --workers N         threads that train; results do not depend on it
  --out FOLDER        where results go; left out, a new folder in the system's temporary one
  --resume            seeds that have a summary in --out are not run again
  --data FOLDER       where data sets are; left out: ../shared/data
  --download          fetches data files that are missing from their official homes
  --json              a line of JSON for each round, then {"summary":{…}}
  --list              the scenarios that come with the project
  --help              this

Ctrl-C ends a run after the round that is at work, with its results; a second one ends it at once.
`

const list = (text: string) => text.split(',').map((part) => part.trim())
const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const Flags = z.strictObject({
  set: z.array(z.string()).default([]),
  sweep: z.string().optional(),
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
    throw refuse('--resume needs the folder that is to be gone on with: --out')
  return { ...flags.data, scenario: positionals[0] ?? 'handwriting' }

  function parse() {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        set: { type: 'string', multiple: true },
        sweep: text,
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

/** `path=a,b,c` as one override for each value. */
export const overridesOf = (sweep: string): string[] => {
  const at = sweep.indexOf('=')
  if (at < 1) throw refuse(`--sweep ${sweep}: write path=a,b,c`)
  return list(sweep.slice(at + 1)).map((value) => `${sweep.slice(0, at)}=${value}`)
}

const refuse = (message: string): ScenarioError => new ScenarioError([{ path: '', message }])
