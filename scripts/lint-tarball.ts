import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import * as z from 'zod'
import { exportsForUsers } from './package-exports.ts'

/** Our packages are ES modules alone: what resolves as CommonJS, or without `exports`, is not promised. */
const PROMISED = new Set(['node16-esm', 'bundler'])

/** What publint and are-the-types-wrong have against a package as it would be published; nothing where all is well. */
export const mistakesOfTarball = async (path: string): Promise<string[]> => {
  const bytes = readFileSync(path)
  return (await Promise.all([ofPublint(bytes), ofTypes(bytes)])).flat()
}

const ofPublint = async (bytes: Buffer): Promise<string[]> => {
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  return messages.map(
    (message) => `publint: ${formatMessage(message, pkg ?? {}, { color: false }) ?? message.code}`,
  )
}

const ofTypes = async (bytes: Buffer): Promise<string[]> => {
  const found = createPackageFromTarballData(bytes)
  const manifest = z
    .looseObject({ name: z.string() })
    .parse(JSON.parse(found.readFile(`/node_modules/${found.packageName}/package.json`)))
  const analysis = await checkPackage(found, {
    entrypoints: exportsForUsers(manifest).map(({ path }) => path),
  })
  if (!analysis.types) return ['are the types wrong: it has no types']
  return Object.entries(analysis.entrypoints).flatMap(([entrypoint, { resolutions }]) =>
    Object.entries(resolutions).flatMap(([kind, { visibleProblems = [] }]) =>
      PROMISED.has(kind)
        ? visibleProblems.map((index) => {
            const problem = analysis.problems[index]
            return `are the types wrong: ${problem?.kind} at ${entrypoint} by ${kind}: ${JSON.stringify(problem)}`
          })
        : [],
    ),
  )
}
