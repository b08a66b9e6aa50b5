/** What every model cache does. Its tests run it over each. */
import { digestOf } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import type { ModelCache } from '../ports/model-cache.ts'

export const someBytes = (fill: number, length = 100): Uint8Array => new Uint8Array(length).fill(fill)

/** `newCache` gives an empty cache of that size. `pass` lets enough time go by for the cache to see an order. */
export const describeModelCache = (
  newCache: (maxBytes: number) => Promise<ModelCache>,
  pass: () => Promise<void> = async () => undefined,
): void => {
  const put = async (cache: ModelCache, bytes: Uint8Array) => {
    await cache.put(digestOf(bytes), bytes)
    await pass()
    return digestOf(bytes)
  }

  test('gives back what was put', async () => {
    const cache = await newCache(1_000)
    const digest = await put(cache, someBytes(1))
    expect(await cache.get(digest)).toEqual(someBytes(1))
    expect(await cache.get(digestOf(someBytes(2)))).toBeUndefined()
  })

  test('stays within its bound at the cost of what was used longest ago', async () => {
    const cache = await newCache(250)
    const first = await put(cache, someBytes(1))
    const second = await put(cache, someBytes(2))
    await cache.get(first)
    await pass()
    const third = await put(cache, someBytes(3))
    expect(await cache.get(second)).toBeUndefined()
    expect(await cache.get(first)).toEqual(someBytes(1))
    expect(await cache.get(third)).toEqual(someBytes(3))
  })

  test('does not keep what is larger than the bound, nor lose the rest for it', async () => {
    const cache = await newCache(250)
    const small = await put(cache, someBytes(1))
    const large = await put(cache, someBytes(2, 251))
    expect(await cache.get(large)).toBeUndefined()
    expect(await cache.get(small)).toEqual(someBytes(1))
  })

  test('counts what is put again once', async () => {
    const cache = await newCache(250)
    const first = await put(cache, someBytes(1))
    const second = await put(cache, someBytes(2))
    await put(cache, someBytes(2))
    expect(await cache.get(first)).toEqual(someBytes(1))
    expect(await cache.get(second)).toEqual(someBytes(2))
  })

  test('cleared keeps nothing, and has all of its room again', async () => {
    const cache = await newCache(250)
    await cache.clear()
    const before = [await put(cache, someBytes(1)), await put(cache, someBytes(2))]
    await cache.clear()
    for (const digest of before) expect(await cache.get(digest)).toBeUndefined()
    const after = [await put(cache, someBytes(3)), await put(cache, someBytes(4))]
    for (const digest of after) expect(await cache.get(digest)).toBeDefined()
  })
}
