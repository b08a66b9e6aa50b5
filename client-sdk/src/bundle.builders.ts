import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

/** What an app's bundler makes of this module of the SDK, together with what else the app imports at once. */
export const bundleOf = async (...modules: string[]) => {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: modules.map((module, at) => `export * as own${at} from '${module}'`).join('\n'),
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['source'],
    outdir: 'out',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const { outputs } = metafile
  const atOnce = loadedAtOnce(
    outputs,
    Object.keys(outputs).find((path) => outputs[path]?.entryPoint === '<stdin>'),
  )
  const gzippedWhere = (wanted: (path: string) => boolean) =>
    outputFiles
      .filter(({ path }) => wanted(path))
      .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
  return {
    /** Every module that was looked at, whether anything of it is left or not. */
    inputs: Object.keys(metafile.inputs),
    /** Modules of which something is loaded at once. */
    inputsAtOnce: [...atOnce].flatMap((path) =>
      Object.entries(outputs[path]?.inputs ?? {})
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input),
    ),
    /** Bytes, gzipped, script by script. */
    atOnce: gzippedWhere((path) => [...atOnce].some((output) => path.endsWith(output))),
    whole: gzippedWhere(() => true),
  }
}

/** The scripts that a page loads with this one, before any of them asks for more. */
const loadedAtOnce = (outputs: Metafile['outputs'], entry: string | undefined): Set<string> => {
  const atOnce = new Set<string>()
  const follow = (path: string | undefined) => {
    const output = path === undefined ? undefined : outputs[path]
    if (!output || path === undefined || atOnce.has(path)) return
    atOnce.add(path)
    for (const { path: next, kind } of output.imports) if (kind === 'import-statement') follow(next)
  }
  follow(entry)
  return atOnce
}
