/** What every store of participation records does. Its tests run it over each. */
import { TaskId } from '@tributary/protocols'
import { expect, test } from 'vitest'
import type { ParticipationStore } from '../ports/participation-store.ts'

const digits = TaskId.parse('digits')
const words = TaskId.parse('words')

/** `open` gives a store over what earlier stores of the same test have saved, and a new place for every test. */
export const describeParticipationStore = (newPlace: () => Promise<() => ParticipationStore>): void => {
  test('has no record at first', async () => {
    const open = await newPlace()
    expect(await open().load(digits)).toBeUndefined()
  })

  test('gives what was saved last, also to whoever opens it anew', async () => {
    const open = await newPlace()
    const store = open()
    await store.save(digits, { times: 1, last: 3 })
    await store.save(digits, { times: 2, last: 8 })
    expect(await store.load(digits)).toEqual({ times: 2, last: 8 })
    expect(await open().load(digits)).toEqual({ times: 2, last: 8 })
  })

  test('keeps tasks apart', async () => {
    const open = await newPlace()
    await open().save(digits, { times: 1, last: 3 })
    await open().save(words, { times: 5, last: null })
    expect(await open().load(digits)).toEqual({ times: 1, last: 3 })
    expect(await open().load(words)).toEqual({ times: 5, last: null })
  })

  test('cleared has no record', async () => {
    const open = await newPlace()
    await open().clear()
    await open().save(digits, { times: 1, last: 3 })
    await open().save(words, { times: 5, last: null })
    await open().clear()
    expect([await open().load(digits), await open().load(words)]).toEqual([undefined, undefined])
  })
}
