/** What publint and are-the-types-wrong have to see, each with one mistake planted in a package that has none. */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mistakesOfTarball } from '../../scripts/lint-tarball.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'

const FILES = {
  'dist/index.js': 'export const answer = 42\n',
  'dist/index.d.ts': 'export declare const answer: number\n',
}
const TARGET = { types: './dist/index.d.ts', default: './dist/index.js' }

const mistakesOf = async (exports: unknown, files: Readonly<Record<string, string>> = FILES) => {
  await using folder = await temporaryFolder()
  const manifest = { name: 'well-packed', version: '1.0.0', type: 'module', exports, files: ['dist'] }
  const all = {
    ...files,
    'package.json': JSON.stringify({ ...manifest, license: 'Apache-2.0', engines: { node: '>=22' } }),
  }
  for (const [path, text] of Object.entries(all)) {
    const file = join(folder.path, 'package', path)
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, text)
  }
  const tarball = join(folder.path, 'well-packed.tgz')
  execFileSync('tar', ['-czf', tarball, '-C', folder.path, 'package'])
  return mistakesOfTarball(tarball)
}

test('a package without mistakes has none', async () => {
  expect(await mistakesOf({ '.': TARGET, './more': { node: TARGET, default: TARGET } })).toEqual([])
})

test('an export whose code is not in the tarball is seen', async () => {
  const found = await mistakesOf({ '.': TARGET, './gone': { ...TARGET, default: './dist/gone.js' } })
  expect(found.join('\n')).toMatch(/publint: .*gone\.js/)
})

test('types after the code, where no resolution finds them, are seen', async () => {
  const found = await mistakesOf({ '.': { default: TARGET.default, types: TARGET.types } })
  expect(found.join('\n')).toMatch(/publint: .*types/)
})

test('an export whose types are not in the tarball is seen', async () => {
  const found = await mistakesOf({ '.': TARGET, './untyped': { ...TARGET, types: './dist/gone.d.ts' } })
  expect(found.join('\n')).toMatch(/are the types wrong: \w+ at \.\/untyped by bundler/)
})

test('types of an import without its extension, which only bundlers find, are seen', async () => {
  const found = await mistakesOf(
    { '.': TARGET },
    {
      ...FILES,
      'dist/index.d.ts': "export { answer } from './answer'\n",
      'dist/answer.d.ts': FILES['dist/index.d.ts'],
    },
  )
  expect(found.join('\n')).toMatch(/are the types wrong: InternalResolutionError at/)
})
