/** What a client remembers of itself, as JSON in its records. A store may hold anything: what is not of the schema counts as absent. */
import * as z from 'zod/mini'
import type { RecordStore } from '../ports/record-store.ts'

export const loadJson = async <T>(
  records: RecordStore,
  name: string,
  schema: z.core.$ZodType<T>,
): Promise<T | undefined> => {
  const bytes = await records.load(name)
  const read = z.safeParse(schema, bytes && jsonOf(bytes))
  return read.success ? read.data : undefined
}

export const saveJson = (records: RecordStore, name: string, value: unknown): Promise<void> =>
  records.save(name, new TextEncoder().encode(JSON.stringify(value)))

/** None is nearly as long; a long one of brackets alone takes a thread for many seconds. */
const MOST_BYTES = 2 ** 20

/** What the text of these bytes says; `undefined` where it is no JSON, or far too much. */
export const jsonOf = (bytes: Uint8Array): unknown => {
  if (bytes.length > MOST_BYTES) return undefined
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
