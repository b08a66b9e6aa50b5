import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const bin = (program: string) => join(root, 'node_modules/.bin', program)

/** In a folder that neither git nor Biome looks into, and below the packages that its files import. */
const SCRATCH = 'tests/house/dist/strategy-guide'
const scratch = join(root, SCRATCH)
const SPEC = 'protocols/src/task/strategy.ts'

test('a strategy that is written as the guide says compiles, and keeps the laws of all', {
  timeout: 180_000,
}, async () => {
  const steps = stepsOf(await readFile(join(root, 'docs/guides/write-a-strategy.md'), 'utf8'))
  expect(steps.map(({ path }) => path)).toEqual([
    'coordinator/src/strategies/sign-majority.ts',
    'coordinator/src/strategies/registry.ts',
    SPEC,
    'coordinator/src/strategies/strategies.test.ts',
    'coordinator/src/strategies/sign-majority.test.ts',
  ])
  await copyStrategies()
  try {
    for (const { path, code } of steps) await follow(path, code)
    await succeeds(bin('tsc'), ['-p', scratch])
    const { stdout } = await succeeds(bin('vitest'), [
      ...['run', '--root', scratch, '--reporter=verbose'],
      ...['-t', 'sign-majority|whatever they shout'],
    ])
    expect(stdout).toContain('a weight goes the way that most clients want, whatever they shout')
    expect(stdout.match(/✓.*sign-majority'? > /g)?.length).toBeGreaterThan(6)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})

/** The blocks of TypeScript whose first line names their file. */
const stepsOf = (guide: string) =>
  Array.from(guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g), ([, path = '', code = '']) => ({
    path,
    code,
  }))

const copyStrategies = async () => {
  await rm(scratch, { recursive: true, force: true })
  await mkdir(scratch, { recursive: true })
  await cp(join(root, 'coordinator/src/strategies'), scratch, { recursive: true })
  await cp(join(root, SPEC), join(scratch, 'task-strategy.ts'))
  await cp(join(root, 'protocols/src/task/refining.ts'), join(scratch, 'refining.ts'))
  for (const name of await readdir(scratch)) {
    const text = await readFile(join(scratch, name), 'utf8')
    await writeFile(
      join(scratch, name),
      text
        .replaceAll("'@tributary/protocols/task'", "'./task-strategy.ts'")
        .replaceAll("'../ids.ts'", "'@tributary/protocols'"),
    )
  }
  await writeFile(
    join(scratch, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['.'], exclude: [] }),
  )
  const resolve = { conditions: ['source'] }
  await writeFile(
    join(scratch, 'vitest.config.ts'),
    `export default ${JSON.stringify({ resolve, ssr: { resolve }, test: { include: ['*.test.ts'] } })}`,
  )
}

/** A file of its own is written; of one that there is, imports go on top and other lines in front of what is alike. */
const follow = async (path: string, code: string) => {
  const name = path === SPEC ? 'task-strategy.ts' : (path.split('/').at(-1) ?? '')
  const file = join(scratch, name)
  const before = (await readdir(scratch)).includes(name) ? await readFile(file, 'utf8') : undefined
  if (before === undefined) return writeFile(file, code)
  const lines = code.split('\n')
  const imports = lines.filter((line) => line.startsWith('import ')).join('\n')
  const members = lines.filter((line) => !line.startsWith('import ')).join('\n')
  // Each of the three lists names `fedavgm` once, on a line of its own.
  const place = /^ +(?:fedavgm[,:]|z\.strictObject\(\{ name: z\.literal\('fedavgm'\))/m.exec(before)
  if (!place) throw new Error(`${path} has no place for another strategy`)
  await writeFile(file, `${imports}\n${before.slice(0, place.index)}${members}${before.slice(place.index)}`)
}

/** What it printed is in the error where it fails. */
const succeeds = (program: string, args: readonly string[]) =>
  run(program, args, { cwd: root, maxBuffer: 1 << 26, env: { ...process.env, NO_COLOR: '1' } }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${program} failed:\n${error.stdout}\n${error.stderr}`, { cause: error })
    },
  )
