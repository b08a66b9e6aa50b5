import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { exportsForUsers } from '../../scripts/package-exports.ts'

const Build = z.object({ files: z.array(z.string()) })

const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))

/** Tests run from source: a module that is not built would be missed by those alone who install the package. */
test.each(['protocols', 'client-sdk', 'coordinator'])('every export of %s is built', (folder) => {
  const { files } = Build.parse(readJson(`${folder}/tsconfig.build.json`))
  const sources = exportsForUsers(readJson(`${folder}/package.json`)).flatMap((to) =>
    [...to.files].flatMap(([conditions, file]) =>
      conditions.startsWith('source') ? [file.replace(/^\.\//, '')] : [],
    ),
  )
  expect(sources.length).toBeGreaterThan(0)
  expect(sources.filter((source) => !files.includes(source))).toEqual([])
})
