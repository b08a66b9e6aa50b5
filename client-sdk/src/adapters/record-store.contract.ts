/** What every store of records does. Its tests run it over each. */
import { expect, test } from 'vitest'
import type { RecordStore } from '../ports/record-store.ts'

const digits = 'digits'
const words = 'words.kept-1'

/** `open` gives a store over what earlier stores of the same test have saved, and a new place for every test. */
export const describeRecordStore = (newPlace: () => Promise<() => RecordStore>): void => {
  test('has nothing at first, and erasing nothing is harmless', async () => {
    const open = await newPlace()
    await open().erase(digits)
    expect(await open().load(digits)).toBeUndefined()
    expect(await open().names()).toEqual([])
  })

  test('gives what was saved last, also to whoever opens it anew, and names apart', async () => {
    const open = await newPlace()
    const store = open()
    await store.save(digits, Uint8Array.of(1, 2, 3))
    await store.save(words, Uint8Array.of(7))
    await store.save(digits, Uint8Array.of(4, 5))
    expect(await store.load(digits)).toEqual(Uint8Array.of(4, 5))
    expect(await open().load(digits)).toEqual(Uint8Array.of(4, 5))
    expect(await open().load(words)).toEqual(Uint8Array.of(7))
    expect((await open().names()).sort()).toEqual([digits, words])
  })

  test('what was erased is gone, and only that', async () => {
    const open = await newPlace()
    await open().save(digits, Uint8Array.of(1))
    await open().save(words, Uint8Array.of(2))
    await open().erase(digits)
    expect(await open().load(digits)).toBeUndefined()
    expect(await open().load(words)).toEqual(Uint8Array.of(2))
    expect(await open().names()).toEqual([words])
  })

  test('what is done to bytes after they were saved or given changes nothing', async () => {
    const open = await newPlace()
    const store = open()
    const bytes = Uint8Array.of(1, 2)
    await store.save(digits, bytes)
    bytes.fill(9)
    ;(await store.load(digits))?.fill(8)
    expect(await store.load(digits)).toEqual(Uint8Array.of(1, 2))
  })
}
