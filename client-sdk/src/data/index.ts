/** What a client learns from: sources that are read in batches, a split that stays, and what a task's signature asks of them. */
export { type Signature, type Vocabulary, vocabularyDigest } from '@tributary/protocols/task'
export { checkAgainst } from './check-against.ts'
export type { Batch, Dataset } from './dataset.ts'
export { type FromArraysOptions, fromArrays } from './from-arrays.ts'
export { type FromCsvOptions, fromCsv, type TextSource } from './from-csv.ts'
export { type FromIndexedDbOptions, fromIndexedDb } from './from-indexed-db.ts'
export { encodeRows, type FromRowsOptions, fromRows } from './from-rows.ts'
export {
  encodeImage,
  type FromImagesOptions,
  fromImages,
  type ImageSource,
  type LabelledImage,
} from './images/from-images.ts'
export type { ImageShape, Pixels } from './images/pixels.ts'
export type { Row, RowOptions } from './row-encoder.ts'
export { type Split, type SplitOptions, split } from './split.ts'
export { splitSalt } from './split-salt.ts'
export { encodeText, type FromTextOptions, fromText } from './text/from-text.ts'
export { wordVocabulary } from './text/make-vocabulary.ts'
