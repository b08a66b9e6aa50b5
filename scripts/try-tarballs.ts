import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'

const Package = z.object({
  name: z.string(),
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string().optional() })])),
})
const Packed = z.tuple([
  z.object({ filename: z.string(), size: z.number(), files: z.array(z.object({ path: z.string() })) }),
])

/** What no package carries to its users. */
const LEFT_AT_HOME = /\.test\.|(?:^|\/)contracts\/|(?<!\.d)\.ts$|\.(?:builders|arbitraries|contract)\./

/**
 * Packs the packages as they would be published, and from a folder that has nothing but those tarballs of ours imports
 * every export in plain Node, without the `source` condition, and type-checks a program that uses them.
 * @throws Error when a tarball holds what is no user's business, or lacks a module or a type.
 */
export const tryTarballs = (root: string, folders: readonly string[]): void => {
  // Inside node_modules, where the other dependencies are found and Node strips no types.
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const user = mkdtempSync(join(cache, 'tributary-user-'))
  try {
    const modules = folders.flatMap((folder) => unpack(root, folder, user))
    writeFileSync(join(user, 'package.json'), JSON.stringify({ type: 'module' }))
    loadAll(user, modules)
    checkTypes(root, user, modules)
  } finally {
    rmSync(user, { recursive: true, force: true })
  }
}

/**
 * Unpacks one package's tarball into the user's node_modules; returns the modules it exports. One without types is
 * there for the other workspaces alone.
 */
const unpack = (root: string, folder: string, user: string): string[] => {
  const { name, exports } = Package.parse(
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
  )
  const args = ['pack', '--json', '--pack-destination', user, `./${folder}`]
  const [{ filename, size, files }] = Packed.parse(
    JSON.parse(
      execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
    ),
  )
  const strays = files.map(({ path }) => path).filter((path) => LEFT_AT_HOME.test(path))
  if (strays.length > 0) throw new Error(`the tarball of ${name} carries ${strays.join(', ')}`)
  const into = join(user, 'node_modules', name)
  mkdirSync(into, { recursive: true })
  execFileSync('tar', ['-xzf', join(user, filename), '-C', into, '--strip-components=1'])
  console.log(`${name}: ${files.length} files, ${Math.ceil(size / 1024)} KiB packed`)
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string' || target.types === undefined ? [] : [join(name, path)],
  )
}

/** Plain Node imports every module, and finds each of them in its tarball. */
const loadAll = (user: string, modules: readonly string[]): void => {
  const program = `
    for (const name of ${JSON.stringify(modules)}) {
      const found = import.meta.resolve(name)
      if (!found.startsWith(${JSON.stringify(pathToFileURL(user).href)})) throw new Error(name + ' was found outside its tarball: ' + found)
      const names = Object.keys(await import(name))
      if (names.length === 0) throw new Error(name + ' exports nothing')
      console.log(name + ': ' + names.length + ' exports')
    }
    process.exit()`
  writeFileSync(join(user, 'load.js'), program)
  execFileSync(process.execPath, ['load.js'], { cwd: user, stdio: 'inherit' })
}

/** A user's strict program compiles, and our declarations with it. What other packages declare is their business. */
const checkTypes = (root: string, user: string, modules: readonly string[]): void => {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    module: 'NodeNext',
    target: 'ES2024',
    types: ['node'],
  }
  // Each by a name of its own: two modules may well have types of one name.
  const program = modules.map((name, i) => `export type * as module${i} from '${name}'\n`).join('')
  writeFileSync(join(user, 'types.ts'), program)
  writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }))
  const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], {
    cwd: user,
    encoding: 'utf8',
  })
  const ours = stdout
    .split('\n')
    .filter((line) => /^(?:types\.ts|node_modules\/@tributary\/|error)/.test(line))
  if (status === null || ours.length > 0)
    throw new Error(`the declarations do not compile\n${ours.join('\n')}`)
  console.log('types: the declarations compile in a strict program')
}
