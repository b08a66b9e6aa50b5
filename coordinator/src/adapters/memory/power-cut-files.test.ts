import { seededRandom } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import type { Files } from '../files/files.ts'
import { powerCutFiles } from './power-cut-files.ts'

const BYTES = Buffer.from('written')

const namesIn = (files: Files) => files.readdir('/folder')
const textOf = async (files: Files, path: string) => {
  const file = await files.open(path, 'r')
  const into = Buffer.alloc((await file.stat()).size)
  await file.read(into, 0, into.length, 0)
  return into.toString()
}
const sync = async (files: Files, path: string) => (await files.open(path, 'r')).sync()

/** A disk with a folder whose name and one file are on it for good. */
const aDisk = async () => {
  const disk = powerCutFiles()
  await disk.files.mkdir('/folder', { recursive: true })
  await sync(disk.files, '/')
  const kept = await disk.files.open('/folder/kept', 'wx+')
  await kept.write(BYTES, 0, BYTES.length)
  await kept.sync()
  await sync(disk.files, '/folder')
  return disk
}

test('what lasts is what was synced: bytes with their file, names with their folder', async () => {
  const { files, lasting } = await aDisk()
  const unnamed = await files.open('/folder/unnamed', 'wx+')
  await unnamed.write(BYTES, 0, BYTES.length)
  await unnamed.sync()
  const grown = await files.open('/folder/kept', 'r+')
  await grown.write(BYTES, 0, BYTES.length)
  expect(await namesIn(files)).toEqual(['kept', 'unnamed'])
  expect(await textOf(files, '/folder/kept')).toBe('writtenwritten')
  expect(await namesIn(lasting())).toEqual(['kept'])
  expect(await textOf(lasting(), '/folder/kept')).toBe('written')
})

test('whatever chance keeps at a power cut, what lasts is part of it', async () => {
  const outcomes = new Set<string>()
  for (let seed = 0; seed < 50; seed++) {
    const disk = await aDisk()
    await (await disk.files.open('/folder/new', 'wx+')).write(BYTES, 0, BYTES.length)
    await (await disk.files.open('/folder/kept', 'r+')).write(BYTES, 0, BYTES.length)
    disk.loseUnsynced(seededRandom(seed))
    const names = await namesIn(disk.files)
    expect(names).toContain('kept')
    const text = await textOf(disk.files, '/folder/kept')
    expect(text.startsWith('written')).toBe(true)
    outcomes.add(`${names} ${text}`)
  }
  expect(outcomes.size).toBeGreaterThan(5)
})
