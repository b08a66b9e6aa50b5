import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MNIST_FILES } from './checksums.ts'

/** Where a checkout finds public data sets when it is told nothing: `../shared/data` beside the repository. */
export const DEFAULT_DATA_FOLDER = resolve(import.meta.dirname, '../../../../shared/data')

/** Whether the folder has MNIST. Presence only: what it holds is verified when it is read. */
export const findMnist = (folder: string): Promise<boolean> =>
  access(join(folder, MNIST_FILES.trainImages.path)).then(
    () => true,
    () => false,
  )
