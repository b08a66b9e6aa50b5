import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type KnownFile, MNIST_FILES, QMNIST_WRITER_FILES, readKnownFile } from './checksums.ts'
import { DatasetError } from './dataset-error.ts'
import { type DigitPopulation, type DigitSet, IMAGE_SIDE, splitByWriter, type Writer } from './digit-set.ts'
import { readIdx } from './idx.ts'
import { readWriterLabels, type WriterLabel } from './writer-labels.ts'

const TRAIN_ROWS = 60_000
const TEST_ROWS = 10_000

/**
 * MNIST cut by the people who wrote it. The training and test rows are those of QMNIST's label files
 * (Yadav and Bottou 2019), which name the NIST writer of each; of the QMNIST test file the first 10,000 rows are
 * MNIST's test set. So the clients are the 539 writers of the 60,000 training digits, by NIST number, and the
 * held-out set is the 10,000 test digits of 297 others. Every file is verified against its known SHA-256.
 *
 * @param folder holds `mnist/` and `qmnist-writers/`, gzipped as their homes serve them.
 * @throws DatasetError when a file is missing, altered or malformed, saying what to do.
 */
export const loadMnistWriters = async (folder: string): Promise<DigitPopulation> => {
  const { train, heldOut } = await loadMnistRows(folder)
  return { clients: splitByWriter(train), heldOut }
}

/** The same digits in the order of MNIST's rows. */
export const loadMnistRows = async (folder: string): Promise<{ train: DigitSet; heldOut: DigitSet }> => {
  const load = async (file: KnownFile) => inflate(await readKnownFile(folder, file))
  const [trainImages, trainLabels, trainWriters, testImages, testLabels, testWriters] = await Promise.all([
    load(MNIST_FILES.trainImages),
    load(MNIST_FILES.trainLabels),
    load(QMNIST_WRITER_FILES.trainLabels),
    load(MNIST_FILES.testImages),
    load(MNIST_FILES.testLabels),
    load(QMNIST_WRITER_FILES.testLabels),
  ])
  const train = joinRows(
    { name: 'MNIST training set', rows: TRAIN_ROWS },
    trainImages,
    trainLabels,
    trainWriters,
  )
  const heldOut = joinRows({ name: 'MNIST test set', rows: TEST_ROWS }, testImages, testLabels, testWriters)
  return { train, heldOut }
}

/**
 * Images, labels and writers of one set joined by row; all three already decompressed.
 * @throws DatasetError when they disagree on a digit, so that a wrong pairing of files shows at its first row.
 */
export const joinRows = (
  { name, rows }: { readonly name: string; readonly rows: number },
  imagesIdx: Uint8Array,
  labelsIdx: Uint8Array,
  writersTsv: Uint8Array,
): DigitSet => {
  const images = readIdx(imagesIdx, {
    name: `${name} (images)`,
    shape: [rows, IMAGE_SIDE, IMAGE_SIDE],
  }).values
  const labels = readIdx(labelsIdx, { name: `${name} (labels)`, shape: [rows] }).values
  const known = readWriterLabels(new TextDecoder().decode(writersTsv), { name: `${name} (writers)`, rows })
  for (const [row, { label }] of known.entries())
    if (label !== labels[row])
      throw new DatasetError(
        `${name}: row ${row} is a ${labels[row]} by its label and a ${label} by its writer's row; the files do not belong together`,
      )
  return { images, labels, ...writersOf(known) }
}

const writersOf = (labels: readonly WriterLabel[]): Pick<DigitSet, 'writers' | 'writerOf'> => {
  const numbers = [...new Set(labels.map(({ writer }) => writer))].sort((a, b) => a - b)
  const indexOf = new Map(numbers.map((number, index) => [number, index]))
  const writers: Writer[] = []
  const writerOf = Uint16Array.from(labels, ({ writer, series }) => {
    const index = indexOf.get(writer) ?? 0
    writers[index] = { id: `writer-${String(writer).padStart(4, '0')}`, series }
    return index
  })
  return { writers, writerOf }
}

const inflate = promisify<Uint8Array, Buffer>(gunzip)
