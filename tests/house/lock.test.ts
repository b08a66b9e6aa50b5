import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { missingFrom, readLock } from '../../scripts/complete-lock.ts'
import { REPOSITORY } from './lint-planted.ts'

const Pinned = z.object({ devDependencies: z.object({ node: z.string() }) })

describe('the toolchain', () => {
  it('is locked for every platform (else run scripts/complete-lock.ts), or npm ci refuses', () => {
    expect(missingFrom(readLock())).toEqual([])
  })

  it('is downloaded from wherever the one who installs gets packages', async () => {
    const lock = await readFile(join(REPOSITORY, 'package-lock.json'), 'utf8')
    expect(lock.match(/"resolved": "[^"]*\/\/.*/g) ?? []).toEqual([])
  })

  it('is the pinned Node', async () => {
    const { devDependencies } = Pinned.parse(
      JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')),
    )
    expect(process.version).toBe(`v${devDependencies.node}`)
  })
})
