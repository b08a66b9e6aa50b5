import { type KnownFile, readKnownFile } from './checksums.ts'
import type { Dataset } from './dataset.ts'
import { DatasetError } from './dataset-error.ts'
import { imageRows } from './digit-dataset.ts'
import { IMAGE_SIDE } from './digit-set.ts'
import { readIdx } from './idx.ts'
import { checksumOf } from './set-checksum.ts'
import { gunzipWithin } from './unpack.ts'

export type ImageFiles = {
  readonly trainImages: KnownFile
  readonly trainLabels: KnownFile
  readonly testImages: KnownFile
  readonly testLabels: KnownFile
}

const TRAIN_ROWS = 60_000
const TEST_ROWS = 10_000
const HEADER_BYTES = 16

/**
 * A set in MNIST's form: 60,000 and 10,000 images of 28 × 28 bytes and their labels, without clients of its own.
 * @throws DatasetError when a file is missing, altered or malformed, saying what to do.
 */
export const loadImageSet = async (
  folder: string,
  files: ImageFiles,
  about: Pick<Dataset, 'name' | 'title' | 'licence'> & { readonly classes: readonly string[] },
): Promise<Dataset> => {
  const { classes, ...names } = about
  const load = async (images: KnownFile, labels: KnownFile, rows: number) =>
    readImages(
      {
        name: images.path,
        images: await unpacked(folder, images, rows * IMAGE_SIDE ** 2),
        labels: await unpacked(folder, labels, rows),
      },
      { rows, classes: classes.length },
    )
  return {
    ...names,
    checksum: checksumOf(Object.values(files)),
    task: { kind: 'classification', classes },
    inputShape: [IMAGE_SIDE, IMAGE_SIDE],
    train: await load(files.trainImages, files.trainLabels, TRAIN_ROWS),
    test: await load(files.testImages, files.testLabels, TEST_ROWS),
  }
}

/** @throws DatasetError when either array is malformed or a label is no class. */
export const readImages = (
  { name, images, labels }: { name: string; images: Uint8Array; labels: Uint8Array },
  { rows, classes }: { rows: number; classes: number },
) => {
  const pixels = readIdx(images, { name, shape: [rows, IMAGE_SIDE, IMAGE_SIDE] }).values
  const targets = readIdx(labels, { name: `labels of ${name}`, shape: [rows] }).values
  const bad = targets.findIndex((label) => label >= classes)
  if (bad >= 0)
    throw new DatasetError(`labels of ${name}, row ${bad}: ${targets[bad]} is none of ${classes} classes`)
  return imageRows(pixels, targets)
}

const unpacked = async (folder: string, file: KnownFile, elements: number): Promise<Uint8Array> =>
  gunzipWithin(await readKnownFile(folder, file), file.path, elements + HEADER_BYTES)
