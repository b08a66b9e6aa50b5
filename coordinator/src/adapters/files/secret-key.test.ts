import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRandom } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StorageError } from '../../faults/storage.ts'
import { openSecretKey } from './secret-key.ts'

describe("the coordinator's own key", () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-key-'))
    path = join(folder, 'coordinator.key')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = (missing: 'create' | 'refuse' = 'create') =>
    openSecretKey({ path, missing, random: systemRandom() })

  test('is made at the first start, readable by its user alone, and is the same ever after', async () => {
    const first = await open()
    expect(first.length).toBe(32)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['coordinator.key'])
    expect(await open()).toEqual(first)
  })

  test('is one, however many processes make it at once', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => open()))
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1)
    expect(await readdir(folder)).toEqual(['coordinator.key'])
  })

  test('is drawn anew for every folder', async () => {
    const first = await open()
    await rm(path)
    expect(await open()).not.toEqual(first)
  })

  test.each([0o640, 0o604, 0o622, 0o601])('is refused when its mode is %o', async (mode) => {
    const key = await open()
    await chmod(path, mode)
    const refusal: unknown = await open().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(StorageError)
    expect(String(refusal)).toContain(`chmod 600 ${path}`)
    expect(String(refusal)).not.toContain(Buffer.from(key).toString('hex'))
  })

  test('may be read-only', async () => {
    const key = await open()
    await chmod(path, 0o400)
    expect(await open()).toEqual(key)
  })

  test('is not made where data is there already that belongs to another', async () => {
    await expect(open('refuse')).rejects.toThrow('is missing, and there is data that belongs to it')
    expect(await readdir(folder)).toEqual([])
    const key = await open('create')
    expect(await open('refuse')).toEqual(key)
  })

  test.each([0, 31, 33, 64])('is refused when it has %d bytes, and left as it is', async (length) => {
    await writeFile(path, new Uint8Array(length), { mode: 0o600 })
    await expect(open()).rejects.toThrow(`has ${length} bytes, not 32`)
    expect((await readFile(path)).length).toBe(length)
  })
})
