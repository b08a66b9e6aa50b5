import { fileURLToPath } from 'node:url'
import { bundleOfImports } from '../../scripts/app-bundle.ts'

/** What an app's bundler makes of this module of the SDK, together with what else the app imports at once. */
export const bundleOf = (...modules: string[]) =>
  bundleOfImports({
    modules,
    resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    conditions: ['source'],
  })
