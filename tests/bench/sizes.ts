/** Measures what an app’s bundler ships of the SDK, by esbuild, minified and gzipped. */
import { bundleOfImports } from '../../scripts/app-bundle.ts'
import type { BenchTable } from './bench-page.ts'

const SDK = '@tributary/client-sdk'

/** What an app imports beside `createClient`. */
const BESIDE = [
  'linear',
  'compact',
  'tfjs',
  'data',
  'conditions',
  'worker',
  'react',
  'describe',
  'personal',
  'tracing',
]

export const benchSizes = async (): Promise<BenchTable> => {
  const alone = await sizesOf([SDK])
  const rows = [['`.`', kilobytes(alone.atOnce), kilobytes(alone.later)]]
  for (const name of BESIDE) {
    const both = await sizesOf([SDK, `${SDK}/${name}`])
    rows.push([`\`/${name}\``, added(both.atOnce - alone.atOnce), added(both.later - alone.later)])
  }
  const table = { columns: ['import', 'at once', 'loaded when it is needed'], rows }
  for (const row of [table.columns, ...rows]) console.log(row.map((cell) => cell.padEnd(16)).join(''))
  return table
}

/** Bytes of the scripts that a page loads with the first one, and of all others. tfjs and React are the app’s own. */
const sizesOf = async (modules: readonly string[]): Promise<{ atOnce: number; later: number }> => {
  const { atOnce, whole } = await bundleOfImports({
    modules,
    resolveDir: import.meta.dirname,
    conditions: ['source', 'browser'],
    external: ['@tensorflow/*', 'react', 'react/*'],
  })
  return { atOnce, later: whole - atOnce }
}

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`

/** Less than nothing is loaded later where what was loaded later is loaded at once. */
const added = (bytes: number) => `${bytes < 0 ? '−' : '+'} ${kilobytes(Math.abs(bytes))}`
