/**
 * Adds to package-lock.json the optional packages of other platforms that the registry at hand would not show npm, and
 * without which `npm ci` refuses. Their versions are exact in the packages that want them; their digests stay unknown.
 *   node scripts/complete-lock.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'

const Versions = z.record(z.string(), z.string())
const Locked = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: Versions.optional(),
})
const Lock = z.looseObject({ packages: z.record(z.string(), Locked) })
type Lock = z.infer<typeof Lock>

const LOCK = new URL('../package-lock.json', import.meta.url)

/** package-lock.json, with its fields in the order in which npm writes them: a parsed copy would have another. */
export const readLock = (): Lock => {
  const lock = JSON.parse(readFileSync(LOCK, 'utf8'))
  Lock.parse(lock)
  return lock
}

/** The optional packages that some locked package wants and the lock does not hold. */
export const missingFrom = ({ packages }: Lock): { name: string; version: string; dev: boolean }[] =>
  Object.values(packages).flatMap(({ optionalDependencies, dev }) =>
    Object.entries(optionalDependencies ?? {})
      .filter(([name]) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)))
      .map(([name, version]) => ({ name, version, dev: dev === true })),
  )

const completed = (lock: Lock): Lock => {
  const added = missingFrom(lock).map(({ name, version, dev }) => {
    if (!/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`${name}: which of ${version} is wanted, only a registry knows`)
    const entry = { version, ...platformOf(name), ...(dev && { dev }), optional: true }
    return [`node_modules/${name}`, entry] as const
  })
  const packages = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) =>
    a.localeCompare(b, 'en'),
  )
  return { ...lock, packages: Object.fromEntries(packages) }
}

/** What the name says, such as `…linux-arm-musleabihf`: so that no machine asks for what it could not run. */
const platformOf = (name: string): { os: string[]; cpu: string[]; libc?: string[] } => {
  const [, os, cpu, rest = ''] =
    /-?(android|darwin|freebsd|linux|openharmony|win32)-(\w+)(?:-(\w+))?$/.exec(name) ?? []
  if (!os || !cpu) throw new Error(`${name}: the name tells no platform`)
  if (os !== 'linux') return { os: [os], cpu: [cpu] }
  return { os: [os], cpu: [cpu], libc: [rest.startsWith('musl') ? 'musl' : 'glibc'] }
}

if (import.meta.main) {
  const lock = readLock()
  const missing = missingFrom(lock)
  if (missing.length > 0) writeFileSync(LOCK, `${JSON.stringify(completed(lock), null, 2)}\n`)
  console.log(`added: ${missing.map(({ name }) => name).join(', ') || 'nothing was missing'}`)
}
