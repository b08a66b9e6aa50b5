import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const Packed = z.array(
  z.object({
    name: z.string(),
    filename: z.string(),
    size: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
)

export type Tarball = {
  /** `@tributary/…` */
  name: string
  path: string
  bytes: number
  /** What is in it, by path. */
  files: readonly string[]
}

/** What no package carries to its users. */
const LEFT_AT_HOME = /\.test\.|(?:^|\/)contracts\/|(?<!\.d)\.tsx?$|\.(?:builders|arbitraries|contract)\./

/**
 * Packs what lies compiled in these folders, as it would be published.
 * @throws Error when a tarball holds what is no user's business.
 */
export const packPackages = (folders: readonly string[], into: string): Tarball[] => {
  mkdirSync(into, { recursive: true })
  const args = ['pack', '--json', '--pack-destination', into, ...folders.map((folder) => `./${folder}`)]
  const cwd = fileURLToPath(new URL('../', import.meta.url))
  const printed = execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return Packed.parse(JSON.parse(printed)).map(({ name, filename, size, files }) => {
    const paths = files.map(({ path }) => path)
    const strays = paths.filter((path) => LEFT_AT_HOME.test(path))
    if (strays.length > 0) throw new Error(`the tarball of ${name} carries ${strays.join(', ')}`)
    return { name, path: join(into, filename), bytes: size, files: paths }
  })
}
