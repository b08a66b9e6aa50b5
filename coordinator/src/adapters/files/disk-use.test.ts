import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { diskRoom, fileBytes, folderBytes } from './disk-use.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-disk-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a folder is as large as the files in it and below, and one that is not there is empty', async () => {
  await mkdir(join(folder, 'ab', 'cd'), { recursive: true })
  await writeFile(join(folder, 'one'), 'x'.repeat(10))
  await writeFile(join(folder, 'ab', 'two'), 'x'.repeat(20))
  await writeFile(join(folder, 'ab', 'cd', 'three'), 'x'.repeat(40))
  expect(await folderBytes(folder, { most: 100 })).toBe(70)
  expect(await folderBytes(join(folder, 'missing'), { most: 100 })).toBe(0)
})

test('a folder with too much in it is not looked at further', async () => {
  for (let n = 0; n < 6; n++) await writeFile(join(folder, `${n}`), 'x')
  expect(await folderBytes(folder, { most: 6 })).toBe(6)
  expect(await folderBytes(folder, { most: 5 })).toBeNull()
})

test('a link is not followed, though it leads back', async () => {
  await writeFile(join(folder, 'one'), 'x')
  await symlink(folder, join(folder, 'loop'))
  expect(await folderBytes(folder, { most: 100 })).toBe(1)
})

test('of files, those that are there count', async () => {
  await writeFile(join(folder, 'one'), 'x'.repeat(3))
  expect(await fileBytes([join(folder, 'one'), join(folder, 'two')])).toBe(3)
})

test('a disk has room, and no more than it is large', async () => {
  const { freeBytes, totalBytes } = await diskRoom(folder)
  expect(freeBytes).toBeGreaterThan(0)
  expect(freeBytes).toBeLessThanOrEqual(totalBytes)
  await expect(diskRoom(join(folder, 'missing'))).rejects.toThrow()
})
