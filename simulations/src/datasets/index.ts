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
export { downloadKnownFiles, MNIST_WRITER_FILES } from './download.ts'
export { generateWriters, type HandwritingOptions } from './handwriting.ts'
export { loadMnistWriters } from './mnist-writers.ts'
