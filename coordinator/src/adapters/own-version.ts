import { readFileSync } from 'node:fs'
import * as z from 'zod'

const Manifest = z.object({ version: z.string() })

/** The version of this package, as its manifest says. */
export const ownVersion = (): string =>
  Manifest.parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version
