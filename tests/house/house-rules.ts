/** Where a snippet stands in the tree, and what it says. `planted` in the path becomes a name of its own. */
export type Snippet = { path: string; code: string }

/** A violation, and the same wish done right. */
export type Planted = { red: Snippet; green: Snippet }

const at = (path: string, code: string): Snippet => ({ path, code })

const ROUND = 'coordinator/src/round/planted.ts'
const STRATEGY = 'coordinator/src/strategies/planted.ts'
const ADAPTER = 'coordinator/src/adapters/planted.ts'
const ENGINE = 'coordinator/src/engine/planted.ts'
const HTTP = 'coordinator/src/http/planted.ts'
const CONSOLE = 'coordinator/admin-ui/src/planted.ts'
const PORT = 'coordinator/src/ports/planted.ts'
const SDK = 'client-sdk/src/planted.ts'
const SDK_ADAPTER = 'client-sdk/src/adapters/planted.ts'
const PROTOCOLS = 'protocols/src/planted.ts'
const ASSEMBLY = 'protocols/src/kernels/assembly/planted.ts'
const TRAINING_ASSEMBLY = 'client-sdk/src/training/compact/assembly/planted.ts'
const SIMULATION = 'simulations/src/planted.ts'
const TEST = 'tests/planted/planted.test.ts'

/** The same import where it is forbidden and where it belongs. */
const moved = (code: string, from: string, to: string): Planted => ({
  red: at(from, code),
  green: at(to, code),
})

/** Two spellings in one place. */
const instead = (path: string, red: string, green: string): Planted => ({
  red: at(path, red),
  green: at(path, green),
})

const WITH_ZOD = "import * as z from 'zod'\nexport const Own = z.string()\n"

const exporting = (module: string): string => `export * from '${module}'\n`

/** Every way a module can be named. */
const SPELLINGS = [
  (module: string) => `import '${module}'\n`,
  (module: string) => `import type { Thing } from '${module}'\nexport type Own = Thing\n`,
  (module: string) => `export { thing } from '${module}'\n`,
  (module: string) => `export const load = () => import('${module}')\n`,
  (module: string) => `export const load = () => import(\`${module}\`)\n`,
  (module: string) => `export type Own = import('${module}').Thing\n`,
  (module: string) => `export type Own = typeof import('${module}')\n`,
  (module: string) =>
    `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nexport const own = require('${module}')\n`,
]

const inEverySpelling = (module: string, from: string, to: string): Planted[] =>
  SPELLINGS.map((spelling) => moved(spelling(module), from, to))

/** The rules of the house by the name under which Biome reports them; each with what must be seen red and green. */
export const HOUSE_RULES: Record<string, Planted[]> = {
  'packages-through-exports': [
    '@tributary/protocols/src/ids.ts',
    '@tributary/protocols/dist/ids.js',
    '../../protocols/src/ids.ts',
    '../../../../client-sdk/src/index.ts',
    '../../../tests/bench/interleave.ts',
  ].map((module) => instead(SIMULATION, exporting(module), exporting('@tributary/protocols'))),

  'protocols-stands-alone': [
    ...SPELLINGS.slice(0, -1).map((spelling) =>
      instead(PROTOCOLS, spelling('node:crypto'), spelling('./own.ts')),
    ),
    ...[
      '@tributary/coordinator',
      '@tributary/client-sdk',
      '@tributary/protocols',
      'fs',
      'socket.io-client',
    ].map((module) => instead(PROTOCOLS, exporting(module), exporting('@noble/hashes/sha2.js'))),
    moved(exporting('fast-check'), PROTOCOLS, 'protocols/src/planted.arbitraries.ts'),
    moved(exporting('vitest'), PROTOCOLS, 'protocols/src/planted.test.ts'),
  ],

  'assembly-imports-nothing': ['../lanes.ts', 'zod', './../lanes.ts'].flatMap((module) =>
    [ASSEMBLY, TRAINING_ASSEMBLY].map((path) => instead(path, exporting(module), exporting('./lanes'))),
  ),

  'sides-share-only-protocols': [
    ...inEverySpelling('@tributary/client-sdk', ENGINE, SIMULATION),
    ...inEverySpelling('@tributary/coordinator', SDK, SIMULATION),
    instead(ENGINE, exporting('@tributary/client-sdk/node'), exporting('@tributary/protocols/tensors')),
    instead(HTTP, exporting('@tributary/simulations'), exporting('@tributary/protocols')),
    moved(exporting('@tributary/client-sdk'), 'coordinator/src/planted.test.ts', TEST),
  ],

  'console-asks-over-rest': [
    ...inEverySpelling('@tributary/coordinator', CONSOLE, TEST),
    ...['@tributary/client-sdk', '@tributary/coordinator/rest-client-schema'].map((module) =>
      instead(CONSOLE, exporting(module), exporting('@tributary/coordinator/rest-client')),
    ),
    instead(CONSOLE, exporting('@tributary/simulations'), exporting('@tributary/protocols/rest')),
  ],

  'nothing-imports-tests': [
    instead(SIMULATION, exporting('@tributary/tests'), exporting('@tributary/coordinator')),
    instead('scripts/planted.ts', exporting('@tributary/tests'), exporting('./ensure-chromium.ts')),
  ],

  'round-imports-only-itself': [
    ...SPELLINGS.map((spelling) => moved(spelling('croner'), ROUND, ENGINE)),
    ...['../engine/engine.ts', '../strategies/strategy.ts', './../ports/store.ts', 'node:crypto'].map(
      (module) => instead(ROUND, exporting(module), exporting('./member.ts')),
    ),
    ...['../round/round.ts', '@tributary/protocolsx', 'zod-other', 'vitest'].map((module) =>
      instead(STRATEGY, exporting(module), exporting('@tributary/protocols/kernels')),
    ),
    instead(STRATEGY, exporting('ml-matrix'), exporting('@tributary/protocols')),
    instead('coordinator/src/round/deep/planted.ts', exporting('../../cohort.ts'), exporting('../round.ts')),
    moved(exporting('vitest'), ROUND, 'coordinator/src/round/planted.test.ts'),
  ],

  'ports-hold-types': [
    instead(
      PORT,
      "import { Round } from './own.ts'\nexport type Own = Round\n",
      "import type { Round } from './own.ts'\nexport type Own = Round\n",
    ),
    instead(PORT, "import './own.ts'\n", "import type {} from './own.ts'\n"),
    instead(PORT, exporting('./own.ts'), "export type * from './own.ts'\n"),
    instead(PORT, "export { Blobs } from './own.ts'\n", "export type { Blobs } from './own.ts'\n"),
    instead(PORT, 'export const limit = 1\n', 'export type Limit = 1\n'),
    instead(PORT, 'export const limit = 1\n', 'export declare const limit: unique symbol\n'),
    instead(PORT, 'const limit = 1\nexport { limit }\n', '/** Why. */\nexport type Limit = 1\n'),
    instead(PORT, 'export function open(): void {}\n', 'export interface Open {\n  open(): void\n}\n'),
    instead(PORT, 'export class StorageError extends Error {}\n', 'export type StorageError = Error\n'),
    instead(PORT, 'globalThis.port = 1\n', 'type Own = { read(): void }\nexport type Public = Own\n'),
  ],

  'only-adapters-touch-the-world': [
    ...inEverySpelling('node:fs', ENGINE, ADAPTER),
    ...inEverySpelling('socket.io-client', SDK, SDK_ADAPTER),
    ...[
      'socket.io',
      'socket.io/dist/socket.js',
      'kysely',
      'kysely/helpers/sqlite',
      'node:sqlite',
      'pg',
      '@aws-sdk/client-s3',
      'node:fs/promises',
    ].map((module) => moved(exporting(module), HTTP, ADAPTER)),
    moved(exporting('node:fs'), SIMULATION, 'simulations/src/datasets/planted.ts'),
    moved(exporting('node:fs'), 'simulations/src/scenarios/planted.ts', 'simulations/src/report/planted.ts'),
    moved(
      exporting('node:fs'),
      'coordinator/src/models/planted.ts',
      'coordinator/src/models/planted.test.ts',
    ),
    instead(ENGINE, exporting('pg'), exporting('./pg.ts')),
  ],

  'only-http-names-fastify': [
    ...inEverySpelling('fastify', ENGINE, HTTP),
    moved(exporting('@fastify/cors'), 'coordinator/src/coordinator-planted.ts', HTTP),
    moved(exporting('fastify-type-provider-zod'), ADAPTER, HTTP),
    moved(exporting('fastify'), SIMULATION, HTTP),
  ],

  'only-the-trainer-names-tfjs': [
    ...inEverySpelling(
      '@tensorflow/tfjs-core',
      'client-sdk/src/training/planted.ts',
      'client-sdk/src/training/backends/planted.ts',
    ),
    moved(
      exporting('@tensorflow/tfjs-layers'),
      'client-sdk/src/training/trainer.ts',
      'client-sdk/src/training/tfjs-trainer.ts',
    ),
    moved(exporting('@tensorflow/tfjs-core'), ENGINE, TEST),
    moved(exporting('@tensorflow/tfjs-core'), SIMULATION, 'client-sdk/src/training/planted.test.ts'),
  ],

  'time-and-chance-arrive': [
    ...[
      'Date.now()',
      'Math.random()',
      'new Date()',
      'Date()',
      'performance.now()',
      'crypto.randomUUID()',
      'process.hrtime()',
      'setTimeout(() => 1, 10)',
      'setInterval(() => 1, 10)',
      'setImmediate(() => 1)',
      'queueMicrotask(() => 1)',
      'globalThis.Date.now()',
    ].map((use) =>
      instead(
        ROUND,
        `export const own = () => ${use}\n`,
        'export const own = (at: number) => new Date(at)\n',
      ),
    ),
    instead(ROUND, 'export const { random } = Math\n', 'export const { max } = Math\n'),
    instead(ROUND, 'export const { now } = Date\n', 'export const { parse } = Date\n'),
    ...[
      STRATEGY,
      'coordinator/src/cohort/planted.ts',
      'client-sdk/src/participation/planted.ts',
      PROTOCOLS,
    ].map((path) =>
      moved('export const own = () => Math.random()\n', path, 'protocols/src/runtime/planted.ts'),
    ),
    moved('export const own = () => setTimeout\n', ROUND, 'coordinator/src/round/planted.test.ts'),
  ],

  'process-is-a-global': [
    instead('coordinator/src/main.ts', exporting('node:process'), 'export const own = process.pid\n'),
    instead(ENGINE, 'export const { env } = process\n', 'export const { pid } = { pid: process.pid }\n'),
  ],

  'zod-by-namespace': [
    "import { z } from 'zod'\nexport const Own = z.string()\n",
    "import z from 'zod'\nexport const Own = z.string()\n",
    "import { string } from 'zod/mini'\nexport const Own = string()\n",
  ].map((red) => instead(PROTOCOLS, red, "import * as z from 'zod/mini'\nexport const Own = z.string()\n")),

  'clients-load-zod-mini': [
    ...[PROTOCOLS, SDK].map((path) => instead(path, WITH_ZOD, WITH_ZOD.replace('zod', 'zod/mini'))),
    moved(WITH_ZOD, PROTOCOLS, 'protocols/src/rest/planted.ts'),
    moved(WITH_ZOD, SDK, ENGINE),
    moved(WITH_ZOD, SDK, 'client-sdk/src/planted.test.ts'),
  ],

  'lint/style/noProcessEnv': [
    moved('export const own = process.env.OWN\n', ENGINE, 'coordinator/src/config.ts'),
    moved('export const own = process.env.OWN\n', SDK, 'coordinator/src/cli/main.ts'),
    moved('export const own = process.env.OWN\n', SIMULATION, TEST),
  ],

  'lint/suspicious/noConsole': [
    moved("console.log('own')\n", ENGINE, 'coordinator/src/cli/planted.ts'),
    moved("console.log('own')\n", SDK, SIMULATION),
  ],

  'lint/nursery/noFloatingPromises': [
    instead(
      ENGINE,
      'const save = async () => 1\nexport const own = () => {\n  save()\n}\n',
      'const save = async () => 1\nexport const own = async () => {\n  await save()\n}\n',
    ),
  ],

  'lint/nursery/useAwaitThenable': [
    instead(
      ENGINE,
      'const one = 1\nexport const own = async () => await one\n',
      'const one = Promise.resolve(1)\nexport const own = async () => await one\n',
    ),
  ],

  'lint/suspicious/noExplicitAny': [
    instead(
      ENGINE,
      'export const own = (value: any) => value\n',
      'export const own = (value: unknown) => value\n',
    ),
  ],

  'lint/suspicious/noTsIgnore': [
    instead(ENGINE, '// @ts-ignore because\nexport const own = 1\n', 'export const own = 1\n'),
  ],

  'lint/suspicious/noFocusedTests': [
    instead(TEST, "it.only('adds', () => {})\n", "it('adds', () => {})\n"),
    instead(TEST, "describe.only('sums', () => {})\n", "describe('sums', () => {})\n"),
  ],

  'lint/suspicious/noSkippedTests': [
    instead(TEST, "it.skip('adds', () => {})\n", "it('adds', () => {})\n"),
    instead(TEST, "describe.skip('sums', () => {})\n", "describe('sums', () => {})\n"),
  ],

  'lint/suspicious/noImportCycles': [
    ['there', 'back'],
    ['back', 'there'],
  ].map(([own, other]) =>
    instead(`coordinator/src/engine/${own}.ts`, exporting(`./${other}.ts`), exporting('./further.ts')),
  ),

  'lint/style/noDefaultExport': [moved('export default 1\n', ENGINE, 'planted.config.ts')],

  'lint/style/noEnum': [instead(ENGINE, 'export enum Own {\n  One,\n}\n', "export type Own = 'one'\n")],

  'lint/style/noNamespace': [
    instead(ENGINE, 'export namespace Own {\n  export const one = 1\n}\n', 'export const one = 1\n'),
  ],

  'lint/style/noParameterProperties': [
    instead(
      ENGINE,
      'export class Own {\n  constructor(readonly one: number) {}\n}\n',
      'export class Own {\n  readonly one: number\n  constructor(one: number) {\n    this.one = one\n  }\n}\n',
    ),
  ],

  'lint/style/useDefaultSwitchClause': [
    instead(
      ENGINE,
      "export const own = (word: 'a' | 'b') => {\n  switch (word) {\n    case 'a':\n      return 1\n    case 'b':\n      return 2\n  }\n}\n",
      "import { unreachable } from '@tributary/protocols'\nexport const own = (word: 'a' | 'b') => {\n  switch (word) {\n    case 'a':\n      return 1\n    case 'b':\n      return 2\n    default:\n      return unreachable(word)\n  }\n}\n",
    ),
  ],

  'lint/style/useErrorCause': [
    instead(
      ENGINE,
      "export const own = (act: () => void) => {\n  try {\n    act()\n  } catch (cause) {\n    throw new Error('it broke')\n  }\n}\n",
      "export const own = (act: () => void) => {\n  try {\n    act()\n  } catch (cause) {\n    throw new Error('it broke', { cause })\n  }\n}\n",
    ),
  ],

  'lint/style/useExportType': [
    instead(ENGINE, 'type Own = 1\nexport { Own }\n', 'type Own = 1\nexport type { Own }\n'),
  ],

  'lint/style/useFilenamingConvention': [
    moved(
      'export const own = 1\n',
      'coordinator/src/engine/BadName.ts',
      'coordinator/src/engine/good-name.ts',
    ),
  ],

  'lint/style/useImportType': [
    instead(
      ENGINE,
      "import { Round } from './own.ts'\nexport type Own = Round\n",
      "import type { Round } from './own.ts'\nexport type Own = Round\n",
    ),
  ],

  'lint/style/useNodejsImportProtocol': [instead(ADAPTER, exporting('fs'), exporting('node:fs'))],

  'lint/correctness/noUnusedImports': [
    instead(ENGINE, "import { own } from './own.ts'\nexport {}\n", exporting('./own.ts')),
  ],

  'lint/correctness/noUnusedVariables': [instead(ENGINE, 'const own = 1\n', 'export const own = 1\n')],
}
