import { writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { build } from 'esbuild'
import { FOR_BROWSERS } from './app-bundle.ts'

/** The modules that pages without a bundler import by address, and what of `dist` each of them is. */
const STANDALONE: Record<string, string> = {
  client: 'browser.js',
  linear: 'training/linear/linear-trainer.js',
  compact: 'training/compact/compact-trainer.js',
  data: 'data/index.js',
  describe: 'describe/index.js',
  worker: 'worker/index.js',
  personal: 'personal/personal-training.js',
}

/**
 * Makes ES modules that import nothing by a bare name of the compiled SDK: `dist/standalone/client.js`, `linear.js`, … They share what they have in
 * common, and load what is rarely needed when it is.
 * @throws Error when one of them needs what is not in it.
 */
export const bundleStandalone = async (folder: string): Promise<void> => {
  const dist = join(folder, 'dist')
  const into = join(dist, 'standalone')
  const { metafile } = await build({
    entryPoints: Object.fromEntries(
      Object.entries(STANDALONE).map(([name, module]) => [name, join(dist, module)]),
    ),
    ...FOR_BROWSERS,
    outdir: into,
    chunkNames: 'parts/[name]-[hash]',
    metafile: true,
    logLevel: 'warning',
  })
  const bare = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external }) => external)
  if (bare.length > 0)
    throw new Error(`a page cannot find ${[...new Set(bare.map(({ path }) => path))].join(', ')}`)
  const files = Object.keys(metafile.outputs).map((path) => relative(into, resolve(path)))
  // For what is to have all of it at hand, as a service worker does.
  await writeFile(join(into, 'files.json'), JSON.stringify(files.toSorted()))
}
