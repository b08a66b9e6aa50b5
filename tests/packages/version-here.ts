import { readFile } from 'node:fs/promises'
import * as z from 'zod'

const Manifest = z.object({ version: z.string() })

/** A package in the version that this repository has: npm has it in its cache. */
export const versionHere = async (name: string): Promise<string> => {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return `${name}@${Manifest.parse(JSON.parse(await readFile(manifest, 'utf8'))).version}`
}
