import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { expect, test } from 'vitest'

const bundle = async (entry: string) => {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
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
  return { inputs: Object.keys(metafile.inputs), outputs: metafile.outputs, outputFiles }
}

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`

test('the browser entry bundles without a module of Node, and without tfjs', async () => {
  const { inputs, outputs, outputFiles } = await bundle('./browser.ts')
  expect(inputs.filter((input) => /^node:|tensorflow|file-key-store|file-model-cache/.test(input))).toEqual(
    [],
  )
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint?.endsWith('browser.ts'))
  const atOnce = loadedAtOnce(outputs, entry)
  const sizes = outputFiles.map(({ path, contents }) => ({
    atOnce: [...atOnce].some((output) => path.endsWith(output)),
    gzipped: gzipSync(contents).length,
  }))
  const gzipped = (of: typeof sizes) => of.reduce((sum, size) => sum + size.gzipped, 0)
  const first = gzipped(sizes.filter((size) => size.atOnce))
  process.stdout.write(
    `control path: ${kilobytes(first)} gzipped at once, ${kilobytes(gzipped(sizes))} with all that is loaded later\n`,
  )
  // What an app pays for taking part, before any training library or masks. The bounds are there to be noticed.
  expect(first).toBeLessThan(84_000)
  expect(gzipped(sizes)).toBeLessThan(108_000)
})

test('the tfjs entry bundles for browsers, and loads tfjs only when it trains', async () => {
  const { outputs } = await bundle('./training/tfjs-trainer.ts')
  const entry = Object.entries(outputs).find(([, { entryPoint }]) =>
    entryPoint?.endsWith('tfjs-trainer.ts'),
  )?.[1]
  expect(entry).toBeDefined()
  const atOnce = loadedAtOnce(
    outputs,
    Object.keys(outputs).find((path) => outputs[path] === entry),
  )
  const loaded = [...atOnce].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))
  expect(loaded.some((input) => input.endsWith('tfjs-trainer.ts'))).toBe(true)
  expect(loaded.filter((input) => input.includes('@tensorflow'))).toEqual([])
})

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
