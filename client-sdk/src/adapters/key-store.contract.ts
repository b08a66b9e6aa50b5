/** What every key store does. Its tests run it over each. */
import { expect, test } from 'vitest'
import type { KeyStore } from '../ports/key-store.ts'

export const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)

/** `open` gives a store over what earlier stores of the same test have kept, and a new place for every test. */
export const describeKeyStore = (newPlace: () => Promise<() => KeyStore>): void => {
  test('has no key at first', async () => {
    const open = await newPlace()
    expect(await open().load()).toBeUndefined()
  })

  test('keeps the first key it is offered, and gives it from then on', async () => {
    const open = await newPlace()
    expect(await open().keep(seed(1))).toEqual(seed(1))
    expect(await open().keep(seed(2))).toEqual(seed(1))
    expect(await open().load()).toEqual(seed(1))
  })

  test('of several keys offered at once keeps one, and all get it', async () => {
    const open = await newPlace()
    const kept = await Promise.all([3, 4, 5, 6].map((byte) => open().keep(seed(byte))))
    const winner = await open().load()
    expect(kept).toEqual([winner, winner, winner, winner])
  })

  test('gives copies: whoever overwrites one overwrites no key', async () => {
    const open = await newPlace()
    const store = open()
    const mine = seed(1)
    const kept = await store.keep(mine)
    mine.fill(9)
    kept.fill(9)
    expect(await store.load()).toEqual(seed(1))
  })

  test('erased it has no key, and keeps the next that it is offered', async () => {
    const open = await newPlace()
    await open().erase()
    await open().keep(seed(1))
    const store = open()
    await store.erase()
    expect(await store.load()).toBeUndefined()
    expect(await open().load()).toBeUndefined()
    expect(await open().keep(seed(2))).toEqual(seed(2))
  })
}
