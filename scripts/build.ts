/**
 * Builds the publishable packages into their dist folders, and does not believe it: publint and are-the-types-wrong read the tarballs that
 * would be published, which are then loaded by plain Node and type-checked from outside.
 *   npm run build
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilePackages, PACKAGES } from './compile-packages.ts'
import { mistakesOfTarball } from './lint-tarball.ts'
import { packPackages } from './pack-packages.ts'
import { tryTarballs } from './try-tarballs.ts'

await compilePackages({ fresh: true })
const folder = mkdtempSync(join(tmpdir(), 'tributary-packed-'))
try {
  const tarballs = packPackages(PACKAGES, folder)
  for (const { name, path, bytes, files } of tarballs) {
    console.log(`${name}: ${files.length} files, ${Math.ceil(bytes / 1024)} KiB packed`)
    const mistakes = await mistakesOfTarball(path)
    if (mistakes.length > 0) throw new Error(`${name} is not well packed:\n${mistakes.join('\n')}`)
  }
  tryTarballs(tarballs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
