/** The SDK's `default` entry in an engine that has the language and the globals named here, and nothing else: what docs/guides/react-native.md asks for. */
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build, type Plugin } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import type { TakePart } from './bare/take-part.ts'

/** Of the language itself, but of this realm: what the given functions make must be what the SDK looks for. */
const ARRAYS = {
  ArrayBuffer,
  DataView,
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
}

/** Needed while the script is loaded. */
const AT_LOAD = { TextEncoder }

/** Needed to take part. */
const AT_WORK = {
  AbortController,
  AbortSignal,
  TextDecoder,
  URL,
  WebSocket,
  clearTimeout,
  crypto: { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) },
  fetch,
  performance: { now: () => performance.now(), timeOrigin: performance.timeOrigin },
  queueMicrotask,
  setTimeout,
}

/** As Metro does, and bundlers for browsers: tweetnacl says in its `browser` field that Node's `crypto` is to be left out. */
const withoutCrypto: Plugin = {
  name: 'without-crypto',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^crypto$/ }, ({ path }) => ({ path, namespace: 'left-out' }))
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }))
  },
}

let script: string
let modules: string[]
beforeAll(async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('./bare/take-part.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    plugins: [withoutCrypto],
    conditions: ['source', 'react-native'],
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  script = outputFiles[0]?.text ?? ''
  modules = Object.keys(metafile.inputs)
})

test('no module of it is for browsers or for Node', () => {
  expect(modules.filter((path) => path.endsWith('client-sdk/src/portable.ts')).length).toBe(1)
  expect(
    modules.filter((path) => /^node:|client-sdk\/src\/(?:browser|node)\.ts|indexed-db|file-/.test(path)),
  ).toEqual([])
})

test('it loads where there is nothing but a TextEncoder', () => {
  const engine = createContext({ ...ARRAYS, ...AT_LOAD })
  runInContext(script, engine)
  expect(typeof engine.takePart).toBe('function')
})

test('it takes part in a round, and withdraws, with the named globals alone', async () => {
  await using coordinator = await startCoordinator()
  const { operator, url } = coordinator
  await operator.createTask(lineTask({ clients: 1 }))
  const engine = createContext({ ...ARRAYS, ...AT_LOAD, ...AT_WORK })
  runInContext(script, engine)
  const heard: { submitted: string[]; models: number[]; errors: string[] } = {
    submitted: [],
    models: [],
    errors: [],
  }
  const taking = await (engine.takePart as TakePart)({
    coordinator: url,
    token: await operator.invite(1),
    told: {
      submitted: (round) => heard.submitted.push(round),
      model: (version) => heard.models.push(version),
      error: (message) => heard.errors.push(message),
    },
  })
  const { id } = await operator.trigger('line')
  await until('the model that came of it', () => heard.models.includes(2))
  expect(heard).toEqual({ submitted: [id], models: [1, 2], errors: [] })
  expect(await taking.withdraw()).toMatchObject({ told: 'yes' })
})
