import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { HOUSE_RULES } from './house-rules.ts'
import { lintPlanted, REPOSITORY } from './lint-planted.ts'

const plants = Object.entries(HOUSE_RULES).flatMap(([rule, planted]) =>
  planted.map(({ red, green }) => ({ rule, red, green })),
)
let reds: string[][]
let greens: string[][]

beforeAll(async () => {
  reds = await lintPlanted(plants.map(({ red }) => red))
  greens = await lintPlanted(plants.map(({ green }) => green))
})

describe.each(Object.keys(HOUSE_RULES))('%s', (name) => {
  const own = plants.flatMap(({ rule, red, green }, i) => (rule === name ? [{ i, red, green }] : []))

  it.each(own)('$red.path is red: $red.code', ({ i }) => {
    expect(reds[i]).toContain(name)
  })

  it.each(own)('$green.path is green: $green.code', ({ i }) => {
    expect(greens[i]).toEqual([])
  })
})

describe('the table of planted violations', () => {
  it('names every rule that biome.json turns on by name, and no other', async () => {
    expect(Object.keys(HOUSE_RULES).toSorted()).toEqual(rulesOf(await configuration()).toSorted())
  })

  it('plants something for every rule', () => {
    expect(Object.entries(HOUSE_RULES).filter(([, planted]) => planted.length === 0)).toEqual([])
  })
})

describe('the zones of biome.json', () => {
  it('all hold files, so that no rule guards a folder that has moved away', async () => {
    const zones = (await configuration()).plugins.flatMap(({ includes }) =>
      includes.filter((glob) => !glob.startsWith('!')).flatMap(inEachBrace),
    )
    expect(
      zones.filter((zone) => globSync(zone, { cwd: REPOSITORY, exclude: LEFT_OUT }).length === 0),
    ).toEqual([])
  })
})

const LEFT_OUT = ['**/node_modules', '**/dist']

/** `{a,b}/**` is `a/**` and `b/**`. */
const inEachBrace = (glob: string): string[] => {
  const [whole, members] = /\{([^}]*)\}/.exec(glob) ?? []
  return whole && members ? members.split(',').map((member) => glob.replace(whole, member)) : [glob]
}

const Rules = z.record(z.string(), z.unknown())
const Configuration = z.object({
  plugins: z.array(z.object({ path: z.string(), includes: z.array(z.string()) })),
  linter: z.object({ rules: Rules }),
  overrides: z.array(z.object({ linter: z.object({ rules: Rules }) })),
})
type Configuration = z.infer<typeof Configuration>

const configuration = async (): Promise<Configuration> =>
  Configuration.parse(JSON.parse(await readFile(join(REPOSITORY, 'biome.json'), 'utf8')))

/** The plugins, and each rule whose level is an error somewhere. */
const rulesOf = ({ plugins, linter, overrides }: Configuration): string[] => {
  const builtIn = [linter, ...overrides.map((override) => override.linter)].flatMap(({ rules }) =>
    Object.entries(rules).flatMap(([group, members]) =>
      typeof members === 'object' && members !== null
        ? Object.entries(members).flatMap(([rule, level]) => (isOn(level) ? [`lint/${group}/${rule}`] : []))
        : [],
    ),
  )
  return [...new Set([...plugins.map(({ path }) => basename(path, '.grit')), ...builtIn])]
}

const Level = z.union([z.string(), z.object({ level: z.string() }).transform(({ level }) => level)])
const isOn = (level: unknown): boolean => Level.parse(level) !== 'off'
