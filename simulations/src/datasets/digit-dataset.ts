import { categoryColumn, categoryOf, type Dataset, inSharedUint8, type Rows } from './dataset.ts'
import { DIGIT_CLASSES, type DigitSet, IMAGE_PIXELS, IMAGE_SIDE } from './digit-set.ts'

export const DIGITS: readonly string[] = Array.from({ length: DIGIT_CLASSES }, (_, digit) => String(digit))

/** Digits of writers in the common shape: the natural clients are the writers, the column `series` says whence. */
export const digitDataset = (
  about: Pick<Dataset, 'name' | 'title' | 'licence' | 'checksum'>,
  { train, heldOut }: { readonly train: DigitSet; readonly heldOut: DigitSet },
): Dataset => ({
  ...about,
  task: { kind: 'classification', classes: DIGITS },
  inputShape: [IMAGE_SIDE, IMAGE_SIDE],
  train: rowsOf(train),
  test: rowsOf(heldOut),
})

/** Images of one byte a pixel, 0 to 1 once scaled. */
export const imageRows = (images: Uint8Array, labels: Uint8Array): Rows => ({
  count: labels.length,
  features: { kind: 'uint8', width: IMAGE_PIXELS, values: inSharedUint8(images), scale: 1 / 255 },
  targets: inSharedUint8(labels),
  groups: undefined,
  columns: {},
})

const rowsOf = ({ images, labels, writers, writerOf }: DigitSet): Rows => {
  const series = writers.map((writer) => writer.series)
  return {
    ...imageRows(images, labels),
    groups: categoryOf(
      Array.from(writerOf, (writer) => writers[writer]?.id ?? ''),
      writers.map(({ id }) => id),
    ),
    columns: { series: categoryColumn(Array.from(writerOf, (writer) => series[writer] ?? '')) },
  }
}
