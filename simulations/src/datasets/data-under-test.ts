import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type KnownFile, MNIST_FILES } from './checksums.ts'
import { DEFAULT_DATA_FOLDER } from './data-folder.ts'

/** Where tests look for real data, and, when it is not there, the words that say why they do not run. */
export const dataUnderTest = (
  files: readonly KnownFile[] = [MNIST_FILES.trainImages],
): { folder: string; present: boolean; note: string } => {
  const folder = process.env.TRIBUTARY_DATA ?? DEFAULT_DATA_FOLDER
  const lacking = files.find(({ path }) => !existsSync(join(folder, path)))
  const note = lacking
    ? ` (not run: no ${lacking.path} in ${folder}; set TRIBUTARY_DATA to a folder that has it)`
    : ''
  return { folder, present: lacking === undefined, note }
}
