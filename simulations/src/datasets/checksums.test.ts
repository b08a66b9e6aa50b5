import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type KnownFile, readKnownFile } from './checksums.ts'
import { DatasetError } from './dataset-error.ts'

const CONTENT = new TextEncoder().encode('the official bytes')
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')
const FILE: KnownFile = { path: 'set/file.gz', sha256: SHA256, home: 'https://example.org/file.gz' }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-checksums-'))
  await mkdir(join(folder, 'set'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('a known file', () => {
  it('is returned as it lies on disk when its SHA-256 is the known one', async () => {
    await writeFile(join(folder, FILE.path), CONTENT)
    expect(new Uint8Array(await readKnownFile(folder, FILE))).toEqual(CONTENT)
  })

  it('with one bit changed is refused with its name, both sums and both ways out', async () => {
    const altered = CONTENT.slice()
    altered[0] = (altered[0] ?? 0) ^ 1
    await writeFile(join(folder, FILE.path), altered)
    const error = await readKnownFile(folder, FILE).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DatasetError)
    const message = String(error)
    for (const part of [
      join(folder, FILE.path),
      `expected SHA-256 ${SHA256}`,
      `got ${createHash('sha256').update(altered).digest('hex')}`,
      `put the official file (${FILE.home}) in the data folder as ${FILE.path}`,
      "choose the dataset 'handwriting'",
    ])
      expect(message).toContain(part)
  })

  it('that is missing is refused with its name, both ways out and the cause', async () => {
    const error = await readKnownFile(folder, FILE).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DatasetError)
    expect(String(error)).toContain(join(folder, FILE.path))
    expect(String(error)).toContain(FILE.home)
    expect(error).toHaveProperty('cause.code', 'ENOENT')
  })
})
