import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MNIST_FILES } from './checksums.ts'
import { DEFAULT_DATA_FOLDER } from './data-folder.ts'

/** Where tests look for real data, and, when it is not there, the words that say why they do not run. */
export const dataUnderTest = (): { folder: string; present: boolean; note: string } => {
  const folder = process.env.TRIBUTARY_DATA ?? DEFAULT_DATA_FOLDER
  const present = existsSync(join(folder, MNIST_FILES.trainImages.path))
  const note = present
    ? ''
    : ` (not run: no MNIST in ${folder}; set TRIBUTARY_DATA to a folder with mnist/ and qmnist-writers/)`
  return { folder, present, note }
}
