import { expect, test } from 'vitest'
import { firstReading, type LongPage, markStale, readingAgain } from './long-pages.ts'

type Item = { id: string; seen?: number }

const keyOf = ({ id }: Item) => id
const items = (...ids: string[]): Item[] => ids.map((id) => ({ id }))
const aPage = (ids: string[], upTo: string | null): LongPage<Item> => ({
  items: items(...ids),
  nextCursor: upTo && `after-${upTo}`,
  upTo,
  stale: false,
})

test('a page ends with its last key, the last page never', () => {
  expect(firstReading({ items: items('a', 'c'), nextCursor: 'x' }, keyOf).upTo).toBe('c')
  expect(firstReading({ items: items('a', 'c'), nextCursor: null }, keyOf).upTo).toBeNull()
})

test('a page that is read again takes what is new within its bounds and leaves what belongs to the next', () => {
  const again = readingAgain(aPage(['a', 'c'], 'c'), { items: items('b', 'c', 'd'), nextCursor: 'x' }, keyOf)
  expect(again).toEqual({ items: items('b', 'c'), nextCursor: 'after-c', upTo: 'c', stale: false })
})

test('a page that lost its last item keeps its bound', () => {
  const again = readingAgain(aPage(['a', 'c'], 'c'), { items: items('a', 'd'), nextCursor: null }, keyOf)
  expect(again).toEqual({ items: items('a'), nextCursor: 'after-c', upTo: 'c', stale: false })
})

test('what a page grew by beyond one answer does not push out its end', () => {
  const page = aPage(['a', 'c', 'e'], 'e')
  const again = readingAgain(page, { items: items('a', 'b', 'c'), nextCursor: 'x' }, keyOf)
  expect(again.items).toEqual(items('a', 'b', 'c', 'e'))
})

test('the last page grows, and says where the list goes on', () => {
  const again = readingAgain(aPage(['a'], null), { items: items('a', 'b'), nextCursor: 'x' }, keyOf)
  expect(again).toEqual({ items: items('a', 'b'), nextCursor: 'x', upTo: 'b', stale: false })
})

test('keys mark the pages they belong to, and none beyond what was read', () => {
  const pages = [aPage(['a', 'c'], 'c'), aPage(['d', 'f'], 'f')]
  expect(markStale(pages, ['b', 'z']).map(({ stale }) => stale)).toEqual([true, false])
  expect(markStale(pages, ['z'])).toBe(pages)
  expect(markStale([...pages, aPage([], null)], ['z']).map(({ stale }) => stale)).toEqual([
    false,
    false,
    true,
  ])
  expect(markStale(pages, 'all').every(({ stale }) => stale)).toBe(true)
})
