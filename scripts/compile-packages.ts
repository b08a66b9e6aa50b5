/**
 * Compiles the publishable packages into their dist folders, unless what lies there was made of the same sources.
 *   node scripts/compile-packages.ts [--fresh]
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleStandalone } from './bundle-standalone.ts'
import { ensureConsole } from './ensure-console.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Of which sources the folders were made: beside them, as no package is to carry it. */
const STAMP = join(ROOT, 'node_modules/.cache/tributary-packages')

/** Each is compiled against the built declarations of those before it. */
export const PACKAGES = ['protocols', 'client-sdk', 'coordinator'] as const

const SOURCES = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/{compile-packages,bundle-standalone,ensure-console}.ts',
  ...PACKAGES.flatMap((name) => [
    `${name}/{package.json,tsconfig.build.json,README.md}`,
    `${name}/src/**/*.{ts,tsx}`,
  ]),
  'coordinator/admin-ui/{index.html,package.json,vite.config.ts}',
  'coordinator/admin-ui/{public,src}/**/*',
]

/** Compiles them where they are not there or made of other sources. @returns whether they were compiled. */
export const compilePackages = async ({ fresh = false } = {}): Promise<boolean> => {
  const digest = digestOfSources()
  const isThere = PACKAGES.every((name) => existsSync(join(ROOT, name, 'dist')))
  if (!fresh && isThere && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return false
  rmSync(STAMP, { force: true })
  for (const name of PACKAGES) rmSync(join(ROOT, name, 'dist'), { recursive: true, force: true })
  // The coordinator's package holds the console that it serves.
  await ensureConsole()
  for (const name of PACKAGES) {
    // The licence asks that whoever gets a copy gets its text; npm packs what lies in the folder.
    copyFileSync(join(ROOT, 'LICENSE'), join(ROOT, name, 'LICENSE'))
    const args = ['-p', join(name, 'tsconfig.build.json')]
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: ROOT, stdio: 'inherit' })
  }
  await bundleStandalone(join(ROOT, 'client-sdk'))
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, digest)
  return true
}

const digestOfSources = (): string => {
  const hash = createHash('sha256')
  const names = globSync(SOURCES, { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
  for (const name of names.toSorted())
    hash.update(`\n${name.slice(ROOT.length)}\n`).update(readFileSync(name))
  return hash.digest('hex')
}

if (import.meta.main) {
  const startedAt = performance.now()
  const compiled = await compilePackages({ fresh: process.argv.includes('--fresh') })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(compiled ? `packages: compiled in ${seconds} s` : 'packages: up to date')
}
