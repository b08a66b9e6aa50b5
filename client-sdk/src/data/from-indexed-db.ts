import { inputShapeOf, type Signature } from '@tributary/protocols/task'
import { openStore } from '../adapters/indexed-db-reading.ts'
import { type Batch, badExamples, type Dataset, DEFAULT_MAX_EXAMPLES, tooManyExamples } from './dataset.ts'
import { createRowEncoder, type Row, type RowOptions } from './row-encoder.ts'

export type FromIndexedDbOptions = RowOptions & {
  /** The app's own database, which has to be there. */
  database: string
  store: string
  /** A record as a row of the signature's columns; `undefined` where it is none, and passed over. Left out, records are rows. */
  row?(record: unknown, key: IDBValidKey): Row | undefined
  /** Records that one iteration may read. Left out, 10 million. */
  maxExamples?: number
}

const RECORDS_AT_ONCE = 512

/**
 * The records of an object store, in the order of their keys, some hundred at a time: an iteration goes up to the last key that was there when it began. Without a
 * `key` column, examples are told apart by the records' own keys, where these are numbers, texts or dates.
 *
 * Its iterations throw TributaryError `storage-failed`; `bad-examples`, which counts the records read from 1.
 */
export const fromIndexedDb = (
  signature: Signature,
  { database, store, row, maxExamples = DEFAULT_MAX_EXAMPLES, ...options }: FromIndexedDbOptions,
): Dataset => {
  const encoder = createRowEncoder(signature, { ...options, counted: 'row' })
  const batchOf = (
    keys: readonly IDBValidKey[],
    values: readonly unknown[],
    before: number,
  ): Batch | undefined => {
    const rows = keys.flatMap((key, i) => {
      const own = row ? row(values[i], key) : asRow(values[i], before + i + 1)
      return own ? [{ own, key: textOf(key), at: before + i + 1 }] : []
    })
    if (rows.length === 0) return undefined
    const batch = encoder.batch(
      rows.map(({ own }) => own),
      (i) => rows[i]?.at ?? 0,
    )
    const own = rows.flatMap(({ key }) => (key === undefined ? [] : [key]))
    return { ...(own.length === rows.length && { keys: own }), ...batch }
  }
  return {
    shape: inputShapeOf(signature),
    async *[Symbol.asyncIterator]() {
      const opened = await openStore(database, store)
      try {
        const last = await opened.lastKey()
        let after: IDBValidKey | undefined
        for (let before = 0; last !== undefined; ) {
          const { keys, values } = await opened.read({ after, last, count: RECORDS_AT_ONCE })
          if (keys.length === 0) return
          if (before + keys.length > maxExamples) throw tooManyExamples(maxExamples)
          const batch = batchOf(keys, values, before)
          if (batch) yield batch
          before += keys.length
          after = keys.at(-1)
        }
      } finally {
        opened.close()
      }
    },
  }
}

/** Keys of bytes and lists are not told apart by their text. */
const textOf = (key: IDBValidKey): string | undefined => {
  if (key instanceof Date) return String(key.getTime())
  return typeof key === 'object' ? undefined : String(key)
}

const asRow = (value: unknown, at: number): Row => {
  if (typeof value === 'object' && value !== null) return value as Row
  throw badExamples(
    `record ${at} of the store is no object`,
    'Say with `row` what makes a row of it, or return undefined to pass over it',
  )
}
