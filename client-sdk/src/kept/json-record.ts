/** A small record as JSON, checked by its schema when it is read. */
import type * as z from 'zod'
import type { RecordStore } from '../ports/record-store.ts'

export type ReadRecord<T> = { is: 'read'; value: T } | { is: 'absent' | 'unreadable' }

export const readJson = async <T>(
  records: Pick<RecordStore, 'load'>,
  name: string,
  schema: z.ZodType<T>,
): Promise<ReadRecord<T>> => {
  const bytes = await records.load(name)
  if (!bytes) return { is: 'absent' }
  const parsed = schema.safeParse(jsonOf(bytes))
  return parsed.success ? { is: 'read', value: parsed.data } : { is: 'unreadable' }
}

export const writeJson = (records: Pick<RecordStore, 'save'>, name: string, value: object): Promise<void> =>
  records.save(name, new TextEncoder().encode(JSON.stringify(value)))

/** What the text of these bytes says; `undefined` where it is no JSON. */
export const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
