export type { ActivityOptions } from './activity.ts'
export type { BikeSharingOptions } from './bike-sharing.ts'
export type { KnownFile } from './checksums.ts'
export { DEFAULT_DATA_FOLDER } from './data-folder.ts'
export {
  type Category,
  type Column,
  copyRow,
  type Dataset,
  type Features,
  type Rows,
  type Task,
} from './dataset.ts'
export { DatasetError } from './dataset-error.ts'
export {
  asFloat32,
  DIGIT_CLASSES,
  type DigitPopulation,
  type DigitSet,
  IMAGE_PIXELS,
  IMAGE_SIDE,
  joinWriters,
  type Series,
  splitByWriter,
  type Writer,
  type WriterDigits,
} from './digit-set.ts'
export { type Digits, type DigitsOptions, loadDigits } from './digits.ts'
export {
  type DownloadOptions,
  type DownloadProgress,
  downloadKnownFiles,
  MNIST_WRITER_FILES,
} from './download.ts'
export { generateWriters, type HandwritingOptions } from './handwriting.ts'
export type { HeartDiseaseOptions } from './heart-disease.ts'
export { labelCounts } from './label-counts.ts'
export { loadMnistWriters } from './mnist-writers.ts'
export { DATASET_FILES, DatasetSpec, type LoadOptions, loadDataset } from './registry.ts'
export type { ShakespeareOptions } from './shakespeare.ts'
export { loadSpeakers, type Role } from './speakers.ts'
