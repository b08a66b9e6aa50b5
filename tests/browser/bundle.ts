import { basename, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleInMemory, loadedWith } from '../../scripts/app-bundle.ts'

export type Bundle = {
  /** The name of the script that a page begins with. */
  entry: string
  /** All of them by name; the others are loaded by the first, when it needs them. */
  scripts: ReadonlyMap<string, Uint8Array>
  /** Names of the scripts that a page loads with the first, before it asks for any other. */
  atOnce: ReadonlySet<string>
  /** Bytes that each source file takes in the scripts. */
  sources: ReadonlyMap<string, number>
}

/**
 * What an app's bundler would make of this file and of the files of its workers, minified. `define` puts values in the place of global names.
 * @throws Error when it needs a module of Node, or anything else that a browser does not have.
 */
export const bundleForBrowsers = async (
  entry: URL,
  workers: readonly URL[] = [],
  define: Readonly<Record<string, string>> = {},
): Promise<Bundle> => {
  const name = `${parse(entry.pathname).name}.js`
  const { metafile, outputFiles } = await bundleInMemory({
    entryPoints: [entry, ...workers].map((file) => fileURLToPath(file)),
    conditions: ['source', 'browser'],
    define: { ...define },
  })
  const missing = [
    ...Object.keys(metafile.inputs).filter((input) => input.startsWith('node:')),
    ...Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external }) => external)
      .map(({ path }) => path),
  ]
  if (missing.length > 0) throw new Error(`browsers do not have ${[...new Set(missing)].join(', ')}`)
  const sources = new Map<string, number>()
  for (const { inputs } of Object.values(metafile.outputs))
    for (const [source, { bytesInOutput }] of Object.entries(inputs))
      sources.set(source, (sources.get(source) ?? 0) + bytesInOutput)
  return {
    entry: name,
    scripts: new Map(outputFiles.map(({ path, contents }) => [basename(path), contents])),
    atOnce: new Set([...loadedWith(metafile.outputs, `out/${name}`)].map((path) => basename(path))),
    sources,
  }
}
