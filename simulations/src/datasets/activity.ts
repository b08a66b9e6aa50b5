import { sample, seededRandom } from '@tributary/protocols/runtime'
import { type KnownFile, readKnownFile } from './checksums.ts'
import { categoryOf, type Dataset, inSharedUint8, type Rows } from './dataset.ts'
import { DatasetError } from './dataset-error.ts'
import { type Cells, oneOf, readDelimited } from './delimited.ts'
import { encodeFields, type Field, standardise } from './feature-table.ts'
import { checksumOf } from './set-checksum.ts'
import { type Split, splitRows } from './split-rows.ts'
import { takeRows } from './take-rows.ts'

export const ACTIVITY_FILES = {
  windows: {
    path: 'wisdm-har/WISDM_ar_v1.1_transformed.arff',
    bytes: 1_197_772,
    sha256: '8cb3fbbad6398ac4b817cc7b98f387efa89ac24b26d1270a5e7a1049a8f9c31a',
    home: 'https://www.cis.fordham.edu/wisdm/includes/datasets/latest/WISDM_ar_latest.tar.gz',
    served: { as: 'tar.gz', member: 'WISDM_ar_v1.1/WISDM_ar_v1.1_transformed.arff' },
    instead: 'have it downloaded (`download: true`)',
  },
} as const satisfies Record<string, KnownFile>

const ROWS = 5_418
const USER = 1
const CLASS = 45
const ACTIVITIES = ['Walking', 'Jogging', 'Upstairs', 'Downstairs', 'Sitting', 'Standing'] as const

/** Cells 2 to 44: bins, means, peaks, deviations and the resultant of three axes. */
const FIELDS: readonly Field[] = Array.from({ length: CLASS - 2 }, (_, i) => ({
  kind: 'number' as const,
  name: `attribute ${i + 2}`,
  column: i + 2,
}))

export type ActivityOptions = {
  /** Who tests: six of the 36 people, none of whose rows train; or a fifth of each person's rows of each activity. */
  readonly test?: 'unseen-people' | 'rows-of-everyone'
  /** Of the split. */
  readonly seed?: string | number
}

/**
 * Human activity from a phone's accelerometer by person (WISDM v1.1; Kwapisz, Weiss and Moore 2010): 5,418 windows of ten
 * seconds, six activities, 36 people, 43 features standardised by the training rows. A peak that was not found (`?`)
 * counts as the mean. The natural clients are the people.
 *
 * @throws DatasetError when the file is missing, altered or malformed, saying what to do.
 */
export const loadActivity = async (folder: string, options: ActivityOptions = {}): Promise<Dataset> => {
  const file = ACTIVITY_FILES.windows
  const text = new TextDecoder().decode(await readKnownFile(folder, file))
  return {
    name: 'wisdm-har',
    title: 'Human activity by person (WISDM)',
    licence: 'free to use with citation; its readme.txt goes with every copy',
    checksum: checksumOf([file]),
    task: { kind: 'classification', classes: ACTIVITIES },
    ...activityFeatures(readArff(text, file.path, ROWS), file.path, options),
  }
}

/** The rows of an ARFF file; of its header only where the data begins is read. */
export const readArff = (text: string, name: string, rows: number): Cells[] => {
  const begins = text.split('\n').findIndex((line) => /^@data\s*$/i.test(line))
  if (begins < 0) throw new DatasetError(`${name} is no ARFF file: it has no @data`)
  return readDelimited(text, { name, columns: CLASS + 1, rows, isRow: (_, index) => index > begins })
}

export const activityFeatures = (
  rows: readonly Cells[],
  name: string,
  { test = 'unseen-people', seed = 1 }: ActivityOptions = {},
): Pick<Dataset, 'inputShape' | 'train' | 'test'> => {
  const people = rows.map(({ cells, line }) => personOf(cells[USER] ?? '', `${name}, line ${line}`))
  const activities = rows.map(({ cells, line }) =>
    oneOf(ACTIVITIES, cells[CLASS] ?? '', `${name}, line ${line}, class`),
  )
  const table = encodeFields(FIELDS, rows, name)
  const split = splitBy(test, people, activities, seed)
  standardise(
    table,
    split.train,
    rows.map((_, row) => row),
  )
  const all: Rows = {
    count: rows.length,
    features: { kind: 'float32', width: table.width, values: table.values },
    targets: inSharedUint8(activities),
    groups: categoryOf(people),
    columns: {},
  }
  return { inputShape: [table.width], train: takeRows(all, split.train), test: takeRows(all, split.test) }
}

const splitBy = (
  test: 'unseen-people' | 'rows-of-everyone',
  people: readonly string[],
  activities: readonly number[],
  seed: string | number,
): Split => {
  const random = seededRandom(seed).fork(`wisdm v1, ${test}`)
  const everyone = [...new Set(people)].sort()
  if (test === 'rows-of-everyone')
    return splitRows(
      random,
      people.map((person, row) => everyone.indexOf(person) * ACTIVITIES.length + (activities[row] ?? 0)),
      0.2,
    )
  const unseen = new Set(sample(random, everyone, Math.max(1, Math.round(everyone.length / 6))))
  const rows = people.map((_, row) => row)
  return {
    train: rows.filter((row) => !unseen.has(people[row] ?? '')),
    test: rows.filter((row) => unseen.has(people[row] ?? '')),
  }
}

const personOf = (cell: string, where: string): string => {
  if (!/^\d{1,2}$/.test(cell))
    throw new DatasetError(`${where}: ${JSON.stringify(cell.slice(0, 40))} is no person's number`)
  return `person-${cell.padStart(2, '0')}`
}
