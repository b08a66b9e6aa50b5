/**
 * Lists of thousands, read page by page in the order of their keys. A page that is out of date is marked and read again by
 * itself, between the bounds it had: the others stay as they are.
 */
type Key = string | number

export type LongPage<Item> = {
  items: readonly Item[]
  nextCursor: string | null
  /** The largest key that belongs to the page; null on the last one, to which all that come later belong. */
  upTo: Key | null
  stale: boolean
}

type Answer<Item> = { items: readonly Item[]; nextCursor: string | null }

export const firstReading = <Item>(answer: Answer<Item>, keyOf: (item: Item) => Key): LongPage<Item> => {
  const last = answer.items.at(-1)
  const upTo = answer.nextCursor === null || last === undefined ? null : keyOf(last)
  return { items: answer.items, nextCursor: answer.nextCursor, upTo, stale: false }
}

/** A page as it is after it was read again from where it begins. What grew beyond one answer keeps its old end. */
export const readingAgain = <Item>(
  page: LongPage<Item>,
  answer: Answer<Item>,
  keyOf: (item: Item) => Key,
): LongPage<Item> => {
  const { upTo } = page
  if (upTo === null) return firstReading(answer, keyOf)
  const within = answer.items.filter((item) => keyOf(item) <= upTo)
  const last = answer.items.at(-1)
  const unread =
    answer.nextCursor === null || last === undefined
      ? []
      : page.items.filter((item) => keyOf(item) > keyOf(last))
  return { ...page, items: [...within, ...unread], stale: false }
}

/** The pages to which keys belong, marked; all of them for `all`. Keys beyond what was read belong to none yet. */
export const markStale = <Item>(
  pages: readonly LongPage<Item>[],
  keys: readonly Key[] | 'all',
): readonly LongPage<Item>[] => {
  const touched =
    keys === 'all'
      ? new Set(pages.keys())
      : new Set(keys.map((key) => pages.findIndex(({ upTo }) => upTo === null || key <= upTo)))
  if (![...touched].some((index) => pages[index]?.stale === false)) return pages
  return pages.map((page, index) => (touched.has(index) ? { ...page, stale: true } : page))
}
