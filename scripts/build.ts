/**
 * Builds the publishable packages into their dist folders, and does not believe it: publint reads each package, and the
 * tarballs that would be published are loaded by plain Node and type-checked from outside.
 *   npm run build
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { ensureConsole } from './ensure-console.ts'
import { tryTarballs } from './try-tarballs.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Each is compiled against the built declarations of those before it. */
const PACKAGES = ['protocols', 'client-sdk', 'coordinator']

const compile = (name: string): void => {
  const args = ['-p', join(name, 'tsconfig.build.json')]
  execFileSync(join(root, 'node_modules/.bin/tsc'), args, { cwd: root, stdio: 'inherit' })
}

const lint = async (name: string): Promise<void> => {
  const pkg = JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8'))
  const { messages } = await publint({ pkgDir: join(root, name), pack: 'npm', strict: true })
  const found = messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
  if (found.length > 0) throw new Error(`publint of ${name}:\n${found.join('\n')}`)
}

for (const name of PACKAGES) rmSync(join(root, name, 'dist'), { recursive: true, force: true })
// The coordinator's package holds the console that it serves.
await ensureConsole()
for (const name of PACKAGES) {
  console.log(`${name}: compiling`)
  // The licence asks that whoever gets a copy gets its text; npm packs what lies in the folder.
  copyFileSync(join(root, 'LICENSE'), join(root, name, 'LICENSE'))
  compile(name)
  await lint(name)
}
tryTarballs(root, PACKAGES)
