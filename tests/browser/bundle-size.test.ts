import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundleForBrowsers } from './bundle.ts'

/** What plain, sealed rounds take: see `client-sdk/src/bundle.test.ts` for what is put off by `import()`. */
const MOST_AT_ONCE_BYTES = 60_000
/** With all that may load later. */
const MOST_GZIPPED_BYTES = 110_000

test('what an app pays for taking part, before any training library', async () => {
  const { scripts, sources, atOnce } = await bundleForBrowsers(
    new URL('./page/control-path.ts', import.meta.url),
  )
  const bytes = sumOf([...scripts.values()].map((script) => script.length))
  const gzippedBytes = (names: Iterable<string>) =>
    sumOf([...names].map((name) => gzipSync(scripts.get(name) ?? '', { level: 9 }).length))
  const gzipped = gzippedBytes(scripts.keys())
  const first = gzippedBytes(atOnce)
  const packages = [...bytesByPackage(sources)].sort(([, a], [, b]) => b - a)
  process.stdout.write(
    `control path: ${kilobytes(first)} gzipped at once, ${kilobytes(gzipped)} with what loads later, ${kilobytes(bytes)} minified: ${packages
      .map(([name, size]) => `${name} ${kilobytes(size)}`)
      .join(', ')}\n`,
  )
  expect(packages.map(([name]) => name).filter((name) => name.startsWith('@tensorflow'))).toEqual([])
  expect(packages.length).toBeGreaterThan(4)
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(MOST_AT_ONCE_BYTES)
  expect(gzipped).toBeLessThan(MOST_GZIPPED_BYTES)
})

const bytesByPackage = (sources: ReadonlyMap<string, number>): Map<string, number> => {
  const sums = new Map<string, number>()
  for (const [source, bytes] of sources) {
    const name = packageOf(source)
    sums.set(name, (sums.get(name) ?? 0) + bytes)
  }
  return sums
}

const packageOf = (source: string): string =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? /([\w-]+)\/src\//.exec(source)?.[1] ?? 'tests'

const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`
