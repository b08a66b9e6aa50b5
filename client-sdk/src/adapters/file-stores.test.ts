import { chmod, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TaskId } from '@tributary/protocols'
import { digestOf } from '@tributary/protocols/tensors'
import { afterEach, describe, expect, test } from 'vitest'
import { fileKeyStore } from './file-key-store.ts'
import { fileModelCache } from './file-model-cache.ts'
import { fileParticipationStore } from './file-participation-store.ts'
import { fileRecordStore } from './file-record-store.ts'
import { describeKeyStore, seed } from './key-store.contract.ts'
import { describeModelCache, someBytes } from './model-cache.contract.ts'
import { describeParticipationStore } from './participation-store.contract.ts'
import { describeRecordStore } from './record-store.contract.ts'

const folders: string[] = []
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

describe('file key store', () => {
  describeKeyStore(async () => {
    const path = join(await newFolder(), 'deep', 'down', 'identity.key')
    return () => fileKeyStore(path)
  })

  test('the file is its owner’s alone, and nothing is left beside it', async () => {
    const folder = await newFolder()
    await fileKeyStore(join(folder, 'identity.key')).keep(seed(1))
    expect((await stat(join(folder, 'identity.key'))).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['identity.key'])
  })

  test('a key that others can read is not used', async () => {
    const path = join(await newFolder(), 'identity.key')
    const store = fileKeyStore(path)
    await store.keep(seed(1))
    await chmod(path, 0o640)
    await expect(store.load()).rejects.toMatchObject({
      code: 'bad-key',
      message: expect.stringContaining('chmod 600'),
    })
  })

  test('a file that is no key is not overwritten', async () => {
    const path = join(await newFolder(), 'identity.key')
    await writeFile(path, 'hello', { mode: 0o600 })
    const remedy = 'Move it away and enrol again'
    await expect(fileKeyStore(path).load()).rejects.toMatchObject({ code: 'bad-key', remedy })
    await expect(fileKeyStore(path).keep(seed(1))).rejects.toMatchObject({ code: 'bad-key' })
    expect((await stat(path)).size).toBe(5)
  })

  test('a place that cannot be written to is an error that names it', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'file'), '')
    const path = join(folder, 'file', 'identity.key')
    await expect(fileKeyStore(path).keep(seed(1))).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringContaining(path),
    })
  })
})

describe('file model cache', () => {
  /** Files say when they were used in milliseconds at best: this sets them apart without waiting. */
  let folder = ''
  let age = 0
  const setApart = async () => {
    const files = await Promise.all(
      (await readdir(folder)).map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
    )
    const latest = files.sort((a, b) => b.at - a.at)[0]
    if (!latest) return
    age++
    const at = new Date(1_000_000_000_000 + age * 1_000)
    await utimes(join(folder, latest.name), at, at)
  }

  describeModelCache(
    async (maxBytes) => {
      folder = join(await newFolder(), 'models')
      age = 0
      return fileModelCache(folder, { maxBytes })
    },
    () => setApart(),
  )

  test('outlives the process', async () => {
    const folder = await newFolder()
    await fileModelCache(folder).put(digestOf(someBytes(1)), someBytes(1))
    expect(await fileModelCache(folder).get(digestOf(someBytes(1)))).toEqual(someBytes(1))
  })

  test('clears away what a process that was killed left half written', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'killed.part'), 'half')
    await utimes(join(folder, 'killed.part'), new Date(0), new Date(0))
    await fileModelCache(folder).put(digestOf(someBytes(1)), someBytes(1))
    expect(await readdir(folder)).toEqual([digestOf(someBytes(1)).replace(':', '-')])
  })
})

describe('file participation store', () => {
  const digits = TaskId.parse('digits')

  describeParticipationStore(async () => {
    const folder = join(await newFolder(), 'deep', 'down')
    return () => fileParticipationStore(folder)
  })

  test('the file is its owner’s alone, and nothing is left beside it', async () => {
    const folder = await newFolder()
    await fileParticipationStore(folder).save(digits, { times: 1, last: 3 })
    expect((await stat(join(folder, 'digits.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['digits.json'])
  })

  test('a record that cannot be read is an error that names it, and none that says never', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'digits.json'), '{"times":')
    await expect(fileParticipationStore(folder).load(digits)).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringContaining(join(folder, 'digits.json')),
    })
  })

  test('a place that cannot be written to is an error that names it', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(
      fileParticipationStore(join(folder, 'file')).save(digits, { times: 1, last: 3 }),
    ).rejects.toMatchObject({ code: 'storage-failed', message: expect.stringContaining('digits.json') })
  })
})

describe('file record store', () => {
  const digits = TaskId.parse('digits')

  describeRecordStore(async () => {
    const folder = join(await newFolder(), 'deep', 'down')
    return () => fileRecordStore(folder)
  })

  test('the file is its owner’s alone, nothing is left beside it, and an erased one is gone', async () => {
    const folder = await newFolder()
    const store = fileRecordStore(folder)
    await store.save(digits, Uint8Array.of(1))
    expect((await stat(join(folder, 'digits.record'))).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['digits.record'])
    await store.erase(digits)
    expect(await readdir(folder)).toEqual([])
  })

  test('a name that leads out of the folder is none', async () => {
    const store = fileRecordStore(await newFolder())
    for (const name of ['../digits', 'a/b', '.', '', 'x'.repeat(129)])
      await expect(store.save(name, Uint8Array.of(1))).rejects.toThrow(RangeError)
  })

  test('a place that cannot be written to is an error that names it', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(fileRecordStore(join(folder, 'file')).save(digits, Uint8Array.of(1))).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringContaining('digits.record'),
    })
  })
})
