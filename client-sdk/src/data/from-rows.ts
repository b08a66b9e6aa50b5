import type { Signature } from '@tributary/protocols/task'
import { inputShapeOf } from '@tributary/protocols/task'
import { type Dataset, DEFAULT_MAX_EXAMPLES, tooManyExamples } from './dataset.ts'
import { createRowEncoder, type Row, type RowOptions } from './row-encoder.ts'

export type FromRowsOptions = RowOptions & {
  /** Rows that one iteration may give. Left out, 10 million. */
  maxExamples?: number
}

/** Rows that are read at once. */
const ROWS_AT_ONCE = 1_024

/**
 * Objects with the columns that the signature names, or what gives them: then each iteration asks anew. Of an array that grows, an iteration sees
 * what was there when it began.
 *
 * Its iterations throw TributaryError `bad-examples`, which names columns and rows, counted from 1, and not what stands in them.
 */
export const fromRows = (
  rows: readonly Row[] | (() => Iterable<Row> | AsyncIterable<Row>),
  signature: Signature,
  { maxExamples = DEFAULT_MAX_EXAMPLES, ...options }: FromRowsOptions = {},
): Dataset => {
  const encoder = createRowEncoder(signature, { ...options, counted: 'row' })
  return {
    shape: inputShapeOf(signature),
    get size() {
      return typeof rows === 'function' ? undefined : rows.length
    },
    async *[Symbol.asyncIterator]() {
      let first = 0
      for await (const some of chunksOf(typeof rows === 'function' ? rows() : rows.slice())) {
        if (first + some.length > maxExamples) throw tooManyExamples(maxExamples)
        const before = first
        yield encoder.batch(some, (row) => before + row + 1)
        first += some.length
      }
    },
  }
}

/** The model's inputs for rows without a label, row-major: what `predict` takes. @throws TributaryError `bad-examples`. */
export const encodeRows = (
  rows: readonly Row[],
  signature: Signature,
  options: RowOptions = {},
): Float32Array => createRowEncoder(signature, { ...options, counted: 'row' }).inputs(rows, (row) => row + 1)

async function* chunksOf(rows: Iterable<Row> | AsyncIterable<Row>): AsyncGenerator<Row[], void> {
  let chunk: Row[] = []
  for await (const row of rows) {
    chunk.push(row)
    if (chunk.length < ROWS_AT_ONCE) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
