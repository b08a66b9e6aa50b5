import * as z from 'zod'

/** Where a page begins: the `nextCursor` of the page before, handed back as it came. */
export const Cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,512}$/, 'a cursor is the nextCursor of the page before, unchanged')
export type Cursor = z.infer<typeof Cursor>

/** How many items a page holds where nothing is asked for, and at most. */
export const PAGE_LIMITS = { usual: 50, most: 200 } as const

/** The query of every list. `limit` is 1 to 200, 50 where left out. */
export const PageQuery = z.strictObject({
  limit: z.coerce
    .number<string | number>('limit is a whole number, 1 to 200')
    .int('limit is a whole number, 1 to 200')
    .min(1, 'limit is at least 1')
    .max(PAGE_LIMITS.most, `limit is at most ${PAGE_LIMITS.most}`)
    .default(PAGE_LIMITS.usual),
  cursor: Cursor.optional(),
})
export type PageQuery = z.infer<typeof PageQuery>

/** One page of a list; `nextCursor` is null on the last. */
export const pageOf = <Item extends z.core.$ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: Cursor.nullable() })

export type Page<Item> = { items: Item[]; nextCursor: Cursor | null }
