import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'

const Package = z.object({
  exports: z.record(
    z.string(),
    z.union([z.string(), z.object({ source: z.string().optional(), default: z.string().optional() })]),
  ),
})
const Build = z.object({ files: z.array(z.string()) })

const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))

/** Tests run from source: a module that is not built would be missed by those alone who install the package. */
test.each(['protocols', 'client-sdk', 'coordinator'])('every export of %s is built', (folder) => {
  const { files } = Build.parse(readJson(`${folder}/tsconfig.build.json`))
  const sources = Object.values(Package.parse(readJson(`${folder}/package.json`)).exports).flatMap((to) =>
    // What has no built form is there for the other workspaces alone.
    typeof to === 'object' && to.source && to.default ? [to.source.replace(/^\.\//, '')] : [],
  )
  expect(sources.length).toBeGreaterThan(0)
  expect(sources.filter((source) => !files.includes(source))).toEqual([])
})
