/**
 * Builds the publishable packages into their dist folders, and does not believe it: publint reads each package, and the
 * tarballs that would be published are loaded by plain Node and type-checked from outside.
 *   npm run build
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tryTarballs } from './try-tarballs.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Each is compiled against the built declarations of those before it. */
const PACKAGES = ['protocols', 'client-sdk', 'coordinator']

const run = (program: string, args: readonly string[]): void => {
  execFileSync(join(root, 'node_modules/.bin', program), args, { cwd: root, stdio: 'inherit' })
}

for (const name of PACKAGES) rmSync(join(root, name, 'dist'), { recursive: true, force: true })
for (const name of PACKAGES) {
  console.log(`\n# ${name}`)
  run('tsc', ['-p', join(name, 'tsconfig.build.json')])
  run('publint', ['run', name, '--strict'])
}
console.log('\n# tarballs')
tryTarballs(root, PACKAGES)
