import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Tarball } from './pack-packages.ts'
import { exportsForUsers } from './package-exports.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/**
 * From a folder that has nothing but these tarballs of ours imports every export in plain Node, without the `source` condition, and type-checks
 * a program that uses them, as each kind of module resolution finds them.
 * @throws Error when a tarball lacks a module or a type.
 */
export const tryTarballs = (tarballs: readonly Tarball[]): void => {
  // Inside node_modules, where the other dependencies are found and Node strips no types.
  const cache = join(ROOT, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const user = mkdtempSync(join(cache, 'tributary-user-'))
  try {
    const modules = tarballs.flatMap((tarball) => unpack(tarball, user))
    writeFileSync(join(user, 'package.json'), JSON.stringify({ type: 'module' }))
    loadAll(user, modules)
    for (const resolution of RESOLUTIONS) checkTypes(user, modules, resolution)
  } finally {
    rmSync(user, { recursive: true, force: true })
  }
}

/** The kinds of module resolution that find our packages, each with the kind of module it goes with. */
const RESOLUTIONS = [
  { module: 'Node16', moduleResolution: 'Node16' },
  { module: 'NodeNext', moduleResolution: 'NodeNext' },
  { module: 'ESNext', moduleResolution: 'Bundler' },
  { module: 'ESNext', moduleResolution: 'Bundler', customConditions: ['browser'] },
]

/** Unpacks one package's tarball into the user's node_modules; returns the modules that it exports to users. */
const unpack = ({ name, path }: Tarball, user: string): string[] => {
  const into = join(user, 'node_modules', name)
  mkdirSync(into, { recursive: true })
  execFileSync('tar', ['-xzf', path, '-C', into, '--strip-components=1'])
  const manifest: unknown = JSON.parse(readFileSync(join(into, 'package.json'), 'utf8'))
  return exportsForUsers(manifest).map((to) => join(name, to.path))
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
const checkTypes = (
  user: string,
  modules: readonly string[],
  resolution: (typeof RESOLUTIONS)[number],
): void => {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    ...resolution,
    target: 'ES2024',
    types: ['node'],
  }
  // Each by a name of its own: two modules may well have types of one name.
  const program = modules.map((name, i) => `export type * as module${i} from '${name}'\n`).join('')
  writeFileSync(join(user, 'types.ts'), program)
  writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }))
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], {
    cwd: user,
    encoding: 'utf8',
  })
  const ours = stdout
    .split('\n')
    .filter((line) => /^(?:types\.ts|node_modules\/@tributary\/|error)/.test(line))
  if (status === null || ours.length > 0)
    throw new Error(`the declarations do not compile\n${ours.join('\n')}`)
  console.log(`types: the declarations compile in a strict program (${resolution.moduleResolution})`)
}
