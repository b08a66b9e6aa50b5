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

  const ever = new Set(Object.keys(metafile.outputs).filter((output) => output !== 'out/linear.js'))
  const gzipped = (without: ReadonlySet<string>) =>
    outputFiles
      .filter(({ path: file }) => [...linear].some((output) => !without.has(output) && file.endsWith(output)))
      .reduce((sum, { contents }) => sum + gzipSync(contents).length, 0)
  // What it shares with parts that a client loads when they are needed, such as the generator behind shuffling, is not its own.
  const [own, beside] = [gzipped(ever), gzipped(client)]
  process.stdout.write(
    `linear trainer: ${(own / 1_000).toFixed(1)} kB gzipped of its own, ${(beside / 1_000).toFixed(1)} kB with what it shares with parts loaded later\n`,
  )
  expect(own).toBeGreaterThan(1_000)
  expect(own).toBeLessThan(6_000)
  expect(beside).toBeLessThan(11_500)
})

/** The scripts that load with this one, before any of them asks for more. */
const loadedAtOnce = (outputs: Metafile['outputs'], entry: string): Set<string> => {
  const atOnce = new Set([entry])
  for (const output of atOnce)
    for (const { path: next, kind } of outputs[output]?.imports ?? [])
      if (kind === 'import-statement') atOnce.add(next)
  return atOnce
}
