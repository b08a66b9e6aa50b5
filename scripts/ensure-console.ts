/**
 * Builds the console into coordinator/admin-ui/dist, unless what lies there was built from the same sources.
 *   node scripts/ensure-console.ts [--fresh]
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ADMIN_UI = fileURLToPath(new URL('../coordinator/admin-ui/', import.meta.url))
const DIST = join(ADMIN_UI, 'dist')
/** Beside the page: of which sources it was made. */
const STAMP = join(DIST, '.sources')

const SOURCES = [
  'index.html',
  'package.json',
  'vite.config.ts',
  'public/**/*',
  'src/**/*.{ts,tsx,css}',
  '../src/rest-client/*.ts',
]

/** Over names and contents of all that the build reads, and the lock that pins its libraries. */
const digestOfSources = (): string => {
  const hash = createHash('sha256').update(readFileSync(new URL('../package-lock.json', import.meta.url)))
  const names = globSync(SOURCES, { cwd: ADMIN_UI, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
  for (const name of names.toSorted())
    hash.update(`\n${name.slice(ADMIN_UI.length)}\n`).update(readFileSync(name))
  return hash.digest('hex')
}

/**
 * Builds the console where its built files are missing or made of other sources.
 * @returns whether it was built.
 */
export const ensureConsole = async ({ fresh = false } = {}): Promise<boolean> => {
  const digest = digestOfSources()
  if (!fresh && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return false
  const { build } = await import('vite')
  await build({ root: ADMIN_UI, logLevel: 'warn' })
  writeFileSync(STAMP, digest)
  return true
}

if (import.meta.main) {
  const startedAt = performance.now()
  const built = await ensureConsole({ fresh: process.argv.includes('--fresh') })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(built ? `console: built in ${seconds} s` : 'console: up to date')
}
