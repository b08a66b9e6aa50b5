/**
 * Stages that make an update smaller, and their inverses. Vector to vector: `rotate` (spreads outliers, so that few levels do), `randomK`;
 * vector to bytes: `toLevels`, `topK` with `encodeSparse`. A way out is rotate, random k, levels, in this order; the way in is the reverse.
 */
export { rotate, rotateBack, rotatedLength } from '../../privacy/mechanisms/rotation.ts'
export { CompressionFormatError } from './format-error.ts'
export { fromRandomK, type RandomK, randomK } from './random-k.ts'
export { decodeSparse, encodeSparse } from './sparse-bytes.ts'
export { fromSparse, type SparseVector, topK } from './top-k.ts'
export { fromLevels, type LevelRange, levelBytes, toLevels } from './uniform-levels.ts'
