import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { exportsOf } from '../../scripts/package-exports.ts'
import { REPOSITORY } from './lint-planted.ts'

const PRINT_RESOLVED = fileURLToPath(new URL('./print-resolved.ts', import.meta.url))

const Package = z.looseObject({ name: z.string() })

/** Of every export of a workspace, what it is imported as and the source file that is meant. */
const sourcesOf = async (folder: string): Promise<{ specifier: string; source: string }[]> => {
  const manifest = Package.parse(JSON.parse(await readFile(join(REPOSITORY, folder, 'package.json'), 'utf8')))
  return exportsOf(manifest).flatMap(({ path, files }) => {
    // These tests run in Node.
    const source = files.get('source node') ?? files.get('source')
    return source === undefined
      ? []
      : [
          {
            specifier: join(manifest.name, path),
            source: pathToFileURL(join(REPOSITORY, folder, source)).href,
          },
        ]
  })
}

const EXPORTS = (
  await Promise.all(['protocols', 'client-sdk', 'coordinator', 'simulations'].map(sourcesOf))
).flat()
const SPECIFIERS = EXPORTS.map(({ specifier }) => specifier)
const SOURCES = EXPORTS.map(({ source }) => source)

describe('without a build, a workspace import means the source', () => {
  it('in a process started with --conditions=source', async () => {
    const args = ['--conditions=source', PRINT_RESOLVED, ...SPECIFIERS]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(foldersOf(stdout)).toEqual(SOURCES)
  })

  it('in a worker thread that a test starts', async () => {
    const worker = new Worker(PRINT_RESOLVED, { argv: SPECIFIERS, stdout: true })
    const [stdout] = await Promise.all([text(worker.stdout), once(worker, 'exit')])
    expect(foldersOf(stdout)).toEqual(SOURCES)
  })

  it('in the modules that Vitest loads', async () => {
    const { unreachable } = await import('@tributary/protocols')
    expect(failureOf(unreachable).stack).toContain(join(REPOSITORY, 'protocols/src/unreachable.ts'))
  })
})

/** npm links each workspace into node_modules; the link and the folder are one. */
const foldersOf = (printed: string): unknown => JSON.parse(printed.replaceAll('node_modules/@tributary/', ''))

const failureOf = (unreachable: (value: never) => never): Error => {
  try {
    return unreachable('reached' as never)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}
