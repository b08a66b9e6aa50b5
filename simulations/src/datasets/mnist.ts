import { MNIST_FILES, QMNIST_WRITER_FILES } from './checksums.ts'
import type { Dataset } from './dataset.ts'
import { DIGITS, digitDataset } from './digit-dataset.ts'
import { joinWriters } from './digit-set.ts'
import { generateWriters } from './handwriting.ts'
import { loadImageSet } from './image-set.ts'
import { loadMnistRows } from './mnist-writers.ts'
import { checksumOf } from './set-checksum.ts'

const LICENCE = 'CC-BY-SA-3.0, as commonly stated'

/** MNIST as it stands: 60,000 digits and 10,000 to test by, nobody's in particular. */
export const loadMnist = (folder: string): Promise<Dataset> =>
  loadImageSet(folder, MNIST_FILES, { name: 'mnist', title: 'MNIST', licence: LICENCE, classes: DIGITS })

/**
 * MNIST with its 539 writers as clients, tested on 297 others (Yadav and Bottou 2019); the column `series` tells
 * census employees from students.
 * @throws DatasetError when a file is missing, altered or malformed, saying what to do.
 */
export const loadMnistByWriter = async (folder: string): Promise<Dataset> =>
  digitDataset(
    {
      name: 'mnist-writers',
      title: 'MNIST by writer',
      licence: `${LICENCE}; the writers of QMNIST: BSD-3-Clause`,
      checksum: checksumOf([...Object.values(MNIST_FILES), ...Object.values(QMNIST_WRITER_FILES)]),
    },
    await loadMnistRows(folder),
  )

/** Digits drawn by program, in the common shape; the same options give the same bytes. See `generateWriters`. */
export const handwritingDataset = ({
  writers,
  seed,
}: {
  writers: number
  seed: string | number
}): Dataset => {
  const { clients, heldOut } = generateWriters({ writers, seed })
  const recipe = `handwriting v1, ${writers} writers, seed ${seed}`
  return digitDataset(
    {
      name: 'handwriting',
      title: 'Digits drawn by program',
      licence: 'Apache-2.0',
      checksum: checksumOf([{ path: '', home: '', sha256: recipe }]),
    },
    { train: joinWriters(clients), heldOut },
  )
}
