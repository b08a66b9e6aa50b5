export { DatasetError } from './dataset-error.ts'
export {
  asFloat32,
  DIGIT_CLASSES,
  type DigitSet,
  IMAGE_PIXELS,
  IMAGE_SIDE,
  joinWriters,
  type Series,
  splitByWriter,
  type Writer,
  type WriterDigits,
} from './digit-set.ts'
export { loadMnistWriters, type MnistWriters } from './mnist-writers.ts'
