/** What an app's bundler makes of modules for browsers, by esbuild. */
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Metafile } from 'esbuild'

export const FOR_BROWSERS = {
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  legalComments: 'none',
} as const satisfies BuildOptions

/** Makes the scripts, and writes nothing. */
export const bundleInMemory = (options: BuildOptions) =>
  build({
    ...FOR_BROWSERS,
    ...options,
    outdir: 'out',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })

/** The scripts, by their paths, that a page loads with this one before any of them asks for more. */
export const loadedWith = (outputs: Metafile['outputs'], entry: string): Set<string> => {
  const loaded = new Set([entry])
  for (const script of loaded)
    for (const { path, kind, external } of outputs[script]?.imports ?? [])
      if (kind === 'import-statement' && !external) loaded.add(path)
  return loaded
}

export type AppBundle = {
  /** Every module that was looked at, whether anything of it is left or not. */
  inputs: string[]
  /** Modules of which something is loaded at once. */
  inputsAtOnce: string[]
  /** Bytes, gzipped script by script: of what loads with the app, and of all that may load. */
  atOnce: number
  whole: number
}

/** An app that imports all of these modules, which are found from `resolveDir`. */
export const bundleOfImports = async ({
  modules,
  resolveDir,
  ...options
}: { modules: readonly string[]; resolveDir: string } & Pick<
  BuildOptions,
  'conditions' | 'external'
>): Promise<AppBundle> => {
  const { metafile, outputFiles } = await bundleInMemory({
    ...options,
    stdin: {
      contents: modules.map((module, at) => `export * as own${at} from '${module}'`).join('\n'),
      resolveDir,
    },
  })
  const { inputs, outputs } = metafile
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === '<stdin>')
  if (entry === undefined) throw new Error('the bundle has no entry')
  const atOnce = loadedWith(outputs, entry)
  const gzipped = outputFiles.map(({ path, contents }) => ({
    isAtOnce: [...atOnce].some((script) => path.endsWith(script)),
    bytes: gzipSync(contents, { level: 9 }).length,
  }))
  const sumOf = (some: typeof gzipped) => some.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    inputs: Object.keys(inputs),
    inputsAtOnce: [...atOnce].flatMap((path) =>
      Object.entries(outputs[path]?.inputs ?? {})
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input),
    ),
    atOnce: sumOf(gzipped.filter(({ isAtOnce }) => isAtOnce)),
    whole: sumOf(gzipped),
  }
}
