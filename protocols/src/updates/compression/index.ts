/**
 * Stages that make an update smaller, and their inverses: of a secure sum those that are linear (`throughStages`: rotation, which spreads
 * outliers so that few levels do, then random-k), of a sealed update all of them, to bytes (`compressUpdate`).
 */
export { type CompressedForm, compressedFormOf } from './compressed-form.ts'
export { compressUpdate, decompressUpdate } from './compressed-update.ts'
export { CompressionFormatError } from './format-error.ts'
export { mostCompressedBytes, sentValues } from './sizes.ts'
export { compressionSeed } from './stages.ts'
