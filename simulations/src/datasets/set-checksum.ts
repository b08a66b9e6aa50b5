import { createHash } from 'node:crypto'
import type { KnownFile } from './checksums.ts'

/** SHA-256 over the official sums of a set's files, in order: one name for exactly these rows. */
export const checksumOf = (files: readonly KnownFile[]): string =>
  createHash('sha256')
    .update(files.map(({ sha256 }) => sha256).join('\n'))
    .digest('hex')
