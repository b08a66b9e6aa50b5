import { expect, test } from 'vitest'
import { createKept } from './kept.ts'

test('what was worked out is kept, the least recently asked for going first', async () => {
  const worked: string[] = []
  const kept = createKept<string, string>({ most: 2 })
  const ask = (key: string) =>
    kept(key, async () => {
      worked.push(key)
      return key.toUpperCase()
    })
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await ask(key)).toBe(key.toUpperCase())
  expect(worked).toEqual(['a', 'b', 'c', 'b'])
})

test('who asks while it is worked out waits for the same, and what failed is tried again', async () => {
  let tries = 0
  const kept = createKept<string, number>({ most: 2 })
  const ask = () =>
    kept('a', async () => {
      if (++tries === 1) throw new Error('not yet')
      return tries
    })
  const [first, second] = await Promise.allSettled([ask(), ask()])
  expect([first.status, second.status]).toEqual(['rejected', 'rejected'])
  expect(tries).toBe(1)
  expect(await Promise.all([ask(), ask()])).toEqual([2, 2])
})
