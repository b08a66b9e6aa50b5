import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundleInMemory, loadedWith } from '../../../../scripts/app-bundle.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

test('beside a client the linear trainer is a few kilobytes, with no tfjs and no WebAssembly', async () => {
  const { metafile, outputFiles } = await bundleInMemory({
    entryPoints: { client: path('../../browser.ts'), linear: path('./linear-trainer.ts') },
    conditions: ['source'],
  })
  const client = loadedWith(metafile.outputs, 'out/client.js')
  const linear = loadedWith(metafile.outputs, 'out/linear.js')
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
  expect(beside).toBeLessThan(11_900)
})
