/** Pages: an opaque cursor is the last key of the page before, so nothing is skipped when the list grows meanwhile. */
import type { Cursor, Page, PageQuery } from '@tributary/protocols/rest'
import * as z from 'zod'
import type { PageRequest } from '../ports/store.ts'
import type { Refusal } from '../refusal.ts'
import { deny, granted } from './problem.ts'

/**
 * One page of a list. `list` answers in the list's order; one item more than asked for tells whether more follow.
 * @throws DeniedError for a cursor that is not one of this list's, or where `list` refuses.
 */
export const readPage = async <Item, Key extends z.core.$ZodType<string | number>, View>(
  query: PageQuery,
  from: {
    key: Key
    keyOf: (item: Item) => z.output<Key>
    list: (page: PageRequest<z.output<Key>>) => Promise<Item[] | Refusal>
    view: (item: Item) => View
  },
): Promise<Page<View>> => {
  const after = query.cursor === undefined ? undefined : keyOfCursor(query.cursor, from.key)
  const limit = query.limit + 1
  const found = granted(await from.list(after === undefined ? { limit } : { limit, after }))
  const items = found.slice(0, query.limit)
  const last = items.at(-1)
  const more = found.length > query.limit
  return {
    items: items.map(from.view),
    nextCursor: more && last !== undefined ? cursorOf(from.keyOf(last)) : null,
  }
}

const cursorOf = (key: string | number): Cursor => Buffer.from(JSON.stringify(key)).toString('base64url')

const keyOfCursor = <Key extends z.core.$ZodType>(cursor: Cursor, schema: Key): z.output<Key> => {
  const parsed = z.safeParse(schema, jsonOf(cursor))
  if (parsed.success) return parsed.data
  const message = 'this is not a cursor of this list: begin again without one'
  throw deny('invalid', `query.cursor: ${message}`, { mistakes: [{ path: 'query.cursor', message }] })
}

const jsonOf = (cursor: Cursor): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
