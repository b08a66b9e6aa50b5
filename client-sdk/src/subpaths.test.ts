import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { exportsForUsers } from '../../scripts/package-exports.ts'
import { bundleOf } from './bundle.builders.ts'

/** The sources that are one subpath's alone; whoever imports another subpath is not to load them at once. */
const OWN: Record<string, RegExp | undefined> = {
  './node': /src\/(?:node|adapters\/(?:file|node)-[\w-]+|adapters\/durable-file)\.ts$/,
  './browser': /src\/(?:browser|adapters\/(?:indexed-db-(?!reading)|browser-)[\w-]+)\.ts$/,
  './tfjs': /src\/training\/(?:tfjs-|backends\/)|@tensorflow/,
  './compact': /src\/training\/compact\//,
  './linear': /src\/training\/linear\//,
  './data': /src\/data\/(?:index|from-|csv\/|text\/|images\/)|papaparse/,
  './conditions': /src\/conditions\/(?:index|given-circumstances)\.ts$/,
  './describe': /src\/describe\//,
  './worker': /src\/worker\//,
  // Every client has it within.
  './participant': undefined,
  './personal': /src\/personal\//,
  './tracing': /src\/tracing\//,
  './react': /src\/react\/|node_modules\/react\//,
}

const exported = exportsForUsers(
  z.unknown().parse(JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))),
)
const SUBPATHS = exported.flatMap(({ path, files }) => {
  const source = files.get('source')
  return source === undefined ? [] : [{ path, module: source.replace('./src/', './') }]
})

test('every subpath is looked at', () => {
  expect(SUBPATHS.map(({ path }) => path).toSorted()).toEqual(Object.keys(OWN).toSorted())
})

test.each(SUBPATHS.filter(({ path }) => path !== './node'))(
  '$path brings nothing of the other subpaths along',
  async ({ path, module }) => {
    const { inputsAtOnce } = await bundleOf(module)
    const own = OWN[path]
    if (own) expect(inputsAtOnce.filter((input) => own.test(input))).not.toEqual([])
    const strangers = Object.entries(OWN).filter(([other]) => other !== path)
    expect(inputsAtOnce.filter((input) => strangers.some(([, its]) => its?.test(input)))).toEqual([])
  },
)

test('`.` gives what an app needs, and nothing of the inside', async () => {
  expect(Object.keys(await import('./portable.ts')).toSorted()).toEqual([
    'FederatedClient',
    'TributaryError',
    'createClient',
    'createHttpBulk',
    'endpointsOf',
    'memoryKeyStore',
    'memoryModelCache',
    'memoryParticipationStore',
    'memoryRecordStore',
    'openSocketLine',
  ])
})

test('of what an app does not use, nothing is left', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: [
        `import { TributaryError } from '@tributary/client-sdk'`,
        ...SUBPATHS.map(({ path }) => `import '@tributary/client-sdk/${path.slice(2)}'`),
        'console.log(TributaryError)',
      ].join('\n'),
      resolveDir: new URL('.', import.meta.url).pathname,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*', '@tensorflow/*'],
    conditions: ['source'],
    write: false,
    logLevel: 'silent',
  })
  expect(outputFiles[0]?.contents.length).toBeLessThan(1_000)
})
