import { unreachable } from '@tributary/protocols'
import * as z from 'zod'
import { ACTIVITY_FILES, loadActivity } from './activity.ts'
import { ADULT_FILES, loadAdult } from './adult.ts'
import { BIKE_SHARING_FILES, loadBikeSharing } from './bike-sharing.ts'
import { type KnownFile, MNIST_FILES, QMNIST_WRITER_FILES } from './checksums.ts'
import { DEFAULT_DATA_FOLDER } from './data-folder.ts'
import type { Dataset } from './dataset.ts'
import { type DownloadProgress, downloadKnownFiles } from './download.ts'
import { FASHION_MNIST_FILES, loadFashionMnist } from './fashion-mnist.ts'
import { HEART_DISEASE_FILES, loadHeartDisease } from './heart-disease.ts'
import { handwritingDataset, loadMnist, loadMnistByWriter } from './mnist.ts'
import {
  loadShakespeare,
  loadTinyShakespeare,
  SHAKESPEARE_FILES,
  TINY_SHAKESPEARE_FILES,
} from './shakespeare.ts'

const seed = z.union([z.string(), z.int()]).default(1)
const context = z.int().min(1).max(1_000).default(80)

/** Which data set, as a scenario file names it. */
export const DatasetSpec = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('mnist') }),
  z.strictObject({ name: z.literal('mnist-writers') }),
  z.strictObject({ name: z.literal('fashion-mnist') }),
  z.strictObject({ name: z.literal('shakespeare'), context }),
  z.strictObject({ name: z.literal('tiny-shakespeare'), context }),
  z.strictObject({ name: z.literal('adult') }),
  z.strictObject({
    name: z.literal('heart-disease'),
    missing: z.enum(['leave-out', 'fill-in']).default('leave-out'),
    seed,
  }),
  z.strictObject({
    name: z.literal('wisdm-har'),
    test: z.enum(['unseen-people', 'rows-of-everyone']).default('unseen-people'),
    seed,
  }),
  z.strictObject({
    name: z.literal('bike-sharing'),
    test: z.enum(['year-2012', 'hours-of-every-season']).default('year-2012'),
    seed,
  }),
  z.strictObject({ name: z.literal('handwriting'), writers: z.int().min(1).max(65_535), seed }),
])
export type DatasetSpec = z.infer<typeof DatasetSpec>

/** The files of each set; none where it is generated. */
export const DATASET_FILES: Readonly<Record<DatasetSpec['name'], readonly KnownFile[]>> = {
  mnist: Object.values(MNIST_FILES),
  'mnist-writers': [...Object.values(MNIST_FILES), ...Object.values(QMNIST_WRITER_FILES)],
  'fashion-mnist': Object.values(FASHION_MNIST_FILES),
  shakespeare: Object.values(SHAKESPEARE_FILES),
  'tiny-shakespeare': Object.values(TINY_SHAKESPEARE_FILES),
  adult: Object.values(ADULT_FILES),
  'heart-disease': Object.values(HEART_DISEASE_FILES),
  'wisdm-har': Object.values(ACTIVITY_FILES),
  'bike-sharing': Object.values(BIKE_SHARING_FILES),
  handwriting: [],
}

export type LoadOptions = {
  /** The data folder; `../shared/data` beside the repository where none is named. */
  readonly data?: string | undefined
  /** Whether files that the folder lacks are fetched from their official homes first. */
  readonly download?: boolean
  readonly onProgress?: (progress: DownloadProgress) => void
}

/**
 * Loads a data set, every file verified against its known SHA-256.
 * @throws DatasetError when a file is missing, altered or malformed, naming it and what to do.
 */
export const loadDataset = async (
  spec: DatasetSpec,
  { data = DEFAULT_DATA_FOLDER, download = false, onProgress }: LoadOptions = {},
): Promise<Dataset> => {
  if (download) await downloadKnownFiles(data, DATASET_FILES[spec.name], onProgress && { onProgress })
  switch (spec.name) {
    case 'mnist':
      return loadMnist(data)
    case 'mnist-writers':
      return loadMnistByWriter(data)
    case 'fashion-mnist':
      return loadFashionMnist(data)
    case 'shakespeare':
      return loadShakespeare(data, spec)
    case 'tiny-shakespeare':
      return loadTinyShakespeare(data, spec)
    case 'adult':
      return loadAdult(data)
    case 'heart-disease':
      return loadHeartDisease(data, spec)
    case 'wisdm-har':
      return loadActivity(data, spec)
    case 'bike-sharing':
      return loadBikeSharing(data, spec)
    case 'handwriting':
      return handwritingDataset(spec)
    default:
      return unreachable(spec)
  }
}
