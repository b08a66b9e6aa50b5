/** Measures what an app’s bundler ships of the SDK, by esbuild, minified and gzipped. */
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import type { BenchTable } from './bench-page.ts'

const SDK = '@tributary/client-sdk'

/** What an app imports beside `createClient`. */
const BESIDE = ['linear', 'compact', 'tfjs', 'data', 'worker', 'react', 'describe', 'personal', 'tracing']

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
const sizesOf = async (imports: readonly string[]): Promise<{ atOnce: number; later: number }> => {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: imports.map((name, at) => `export * as own${at} from '${name}'`).join('\n'),
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['source', 'browser'],
    external: ['@tensorflow/*', 'react', 'react/*'],
    outdir: 'out',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const { outputs } = metafile
  const atOnce = loadedWith(outputs, entryOf(outputs))
  const sum = { atOnce: 0, later: 0 }
  for (const { path, contents } of outputFiles)
    sum[[...atOnce].some((output) => path.endsWith(output)) ? 'atOnce' : 'later'] += gzipSync(contents, {
      level: 9,
    }).length
  return sum
}

const entryOf = (outputs: Metafile['outputs']): string => {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === '<stdin>')
  if (entry === undefined) throw new Error('the bundle has no entry')
  return entry
}

const loadedWith = (outputs: Metafile['outputs'], path: string, found = new Set<string>()): Set<string> => {
  if (found.has(path)) return found
  found.add(path)
  for (const { path: next, kind, external } of outputs[path]?.imports ?? [])
    if (kind === 'import-statement' && !external) loadedWith(outputs, next, found)
  return found
}

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`

/** Less than nothing is loaded later where what was loaded later is loaded at once. */
const added = (bytes: number) => `${bytes < 0 ? '−' : '+'} ${kilobytes(Math.abs(bytes))}`
