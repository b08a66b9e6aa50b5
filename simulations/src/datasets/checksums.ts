import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatasetError } from './dataset-error.ts'

/** A public file whose exact bytes are known. `path` is relative to the data folder. */
export type KnownFile = {
  readonly path: string
  readonly sha256: string
  /** Where it is from: what a download fetches, unless `served` says otherwise. */
  readonly home: string
  /** Its length; says of a shorter file that it is truncated, of a longer download that it is another file. */
  readonly bytes?: number
  /** Sums of other copies of the same rows that a folder may hold, each with the reason beside it in the code. */
  readonly copies?: readonly string[]
  /** How `home` gives it where that is not as it is. */
  readonly served?: { readonly as: 'zip' | 'tar.gz'; readonly member: string } | { readonly as: 'page' }
  /** The other way out, for messages: a sentence's second half. */
  readonly instead?: string
}

const MNIST_HOME = 'https://storage.googleapis.com/cvdf-datasets/mnist'
const QMNIST_HOME = 'https://raw.githubusercontent.com/facebookresearch/qmnist/master'

/**
 * MNIST (LeCun, Cortes and Burges) as TensorFlow Datasets and torchvision serve it: these sums go with the
 * md5 sums f68b3c2d…, d53e105e…, 9fb629c4…, ec29112d… that torchvision checks.
 */
export const MNIST_FILES = {
  trainImages: {
    path: 'mnist/train-images-idx3-ubyte.gz',
    sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
    home: `${MNIST_HOME}/train-images-idx3-ubyte.gz`,
  },
  trainLabels: {
    path: 'mnist/train-labels-idx1-ubyte.gz',
    sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
    home: `${MNIST_HOME}/train-labels-idx1-ubyte.gz`,
  },
  testImages: {
    path: 'mnist/t10k-images-idx3-ubyte.gz',
    sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
    home: `${MNIST_HOME}/t10k-images-idx3-ubyte.gz`,
  },
  testLabels: {
    path: 'mnist/t10k-labels-idx1-ubyte.gz',
    sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    home: `${MNIST_HOME}/t10k-labels-idx1-ubyte.gz`,
  },
} as const satisfies Record<string, KnownFile>

/** Extended labels of QMNIST (Yadav and Bottou 2019, arXiv:1905.10498), from commit 9406136 of its repository. */
export const QMNIST_WRITER_FILES = {
  trainLabels: {
    path: 'qmnist-writers/qmnist-train-labels.tsv.gz',
    sha256: '063229afb535986df50a905c6fa03b716f503bd859d2d9bc8a9b4e2c6a2ccee4',
    home: `${QMNIST_HOME}/qmnist-train-labels.tsv.gz`,
  },
  testLabels: {
    path: 'qmnist-writers/qmnist-test-labels.tsv.gz',
    sha256: 'fe2001449c9580376e16fad7a14cc4f525644b6ffeadc47dc249938529002904',
    home: `${QMNIST_HOME}/qmnist-test-labels.tsv.gz`,
  },
} as const satisfies Record<string, KnownFile>

/**
 * The file's bytes as they lie on disk, once they hash to the known sum.
 * @throws DatasetError naming the file, the sums and the two ways out, when it cannot be read or is another file.
 */
export const readKnownFile = async (folder: string, file: KnownFile): Promise<Uint8Array> => {
  const at = join(folder, file.path)
  const bytes = await readFile(at).catch((cause: unknown) => {
    throw new DatasetError(`Cannot read ${at}. ${waysOut(file)}`, { cause })
  })
  verifyChecksum(bytes, file, at)
  return bytes
}

/** @throws DatasetError when `bytes` do not hash to the file's known SHA-256 or that of a known copy. */
export const verifyChecksum = (bytes: Uint8Array, file: KnownFile, at: string): void => {
  const got = createHash('sha256').update(bytes).digest('hex')
  if (got === file.sha256 || file.copies?.includes(got)) return
  if (file.bytes !== undefined && bytes.length < file.bytes)
    throw new DatasetError(
      `${at} is truncated: ${bytes.length} of ${file.bytes} bytes. Remove it. ${waysOut(file)}`,
    )
  throw new DatasetError(
    `${at} is not the official file: expected SHA-256 ${file.sha256}, got ${got} (${bytes.length} bytes). ${waysOut(file)}`,
  )
}

/** What someone can do about a file that is missing or wrong. */
export const waysOut = ({ home, path, instead = GENERATED }: KnownFile): string =>
  `Either put the official file (${home}) in the data folder as ${path}, or ${instead}.`

const GENERATED = "choose the dataset 'handwriting', which is generated"
