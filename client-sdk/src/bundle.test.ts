import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
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
  const { inputs, outputFiles } = await bundle('./browser.ts')
  expect(inputs.filter((input) => /^node:|tensorflow|file-key-store|file-model-cache/.test(input))).toEqual(
    [],
  )
  const bytes = outputFiles.reduce((sum, { contents }) => sum + contents.length, 0)
  const gzipped = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0)
  process.stdout.write(`control path: ${kilobytes(bytes)} minified, ${kilobytes(gzipped)} gzipped\n`)
  // What an app pays for taking part, before any training library. The bound is there to be noticed.
  expect(gzipped).toBeLessThan(90_000)
})

test('the tfjs entry bundles for browsers, and loads tfjs only when it trains', async () => {
  const { outputs } = await bundle('./training/tfjs-trainer.ts')
  const entry = Object.entries(outputs).find(([, { entryPoint }]) =>
    entryPoint?.endsWith('tfjs-trainer.ts'),
  )?.[1]
  expect(entry).toBeDefined()
  const atOnce = new Set<string>()
  const follow = (path: string | undefined) => {
    const output = path === undefined ? undefined : outputs[path]
    if (!output || path === undefined || atOnce.has(path)) return
    atOnce.add(path)
    for (const { path: next, kind } of output.imports) if (kind === 'import-statement') follow(next)
  }
  follow(Object.keys(outputs).find((path) => outputs[path] === entry))
  const loaded = [...atOnce].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))
  expect(loaded.some((input) => input.endsWith('tfjs-trainer.ts'))).toBe(true)
  expect(loaded.filter((input) => input.includes('@tensorflow'))).toEqual([])
})
