/** What a client learns from: sources that are read in batches, a split that stays, and what a task's signature asks of them. */
export { checkAgainst } from './check-against.ts'
export type { Batch, Dataset } from './dataset.ts'
export { type FromArraysOptions, fromArrays } from './from-arrays.ts'
export { type FromCsvOptions, fromCsv, type TextSource } from './from-csv.ts'
export { encodeRows, type FromRowsOptions, fromRows } from './from-rows.ts'
export type { Row, RowOptions } from './row-encoder.ts'
export { type Split, type SplitOptions, split } from './split.ts'
export { splitSalt } from './split-salt.ts'
