import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { expect, test } from 'vitest'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

test('beside a client the linear trainer is a few kilobytes, with no tfjs and no WebAssembly', async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: { client: path('../../browser.ts'), linear: path('./linear-trainer.ts') },
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
  const client = loadedAtOnce(metafile.outputs, 'out/client.js')
  const linear = loadedAtOnce(metafile.outputs, 'out/linear.js')
  const sources = [...linear].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}))
  expect(sources.some((source) => source.endsWith('linear-steps.ts'))).toBe(true)
  expect(sources.filter((source) => /tensorflow|\.generated\.|sequential-spec/.test(source))).toEqual([])

  const gzipped = outputFiles
    .filter(({ path: file }) => [...linear].some((output) => !client.has(output) && file.endsWith(output)))
    .reduce((sum, { contents }) => sum + gzipSync(contents).length, 0)
  process.stdout.write(`linear trainer: ${(gzipped / 1_000).toFixed(1)} kB gzipped beside a client\n`)
  expect(gzipped).toBeGreaterThan(1_000)
  expect(gzipped).toBeLessThan(6_000)
})

/** The scripts that load with this one, before any of them asks for more. */
const loadedAtOnce = (outputs: Metafile['outputs'], entry: string): Set<string> => {
  const atOnce = new Set([entry])
  for (const output of atOnce)
    for (const { path: next, kind } of outputs[output]?.imports ?? [])
      if (kind === 'import-statement') atOnce.add(next)
  return atOnce
}
