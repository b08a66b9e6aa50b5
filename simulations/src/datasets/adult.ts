import { ADULT_WORDS } from './adult-words.ts'
import { type KnownFile, readKnownFile } from './checksums.ts'
import {
  type Column,
  categoryColumn,
  categoryOf,
  type Dataset,
  inSharedUint8,
  numberColumn,
  type Rows,
} from './dataset.ts'
import { type Cells, numberIn, oneOf, readDelimited } from './delimited.ts'
import { encodeFields, type FeatureTable, type Field, standardise } from './feature-table.ts'
import { checksumOf } from './set-checksum.ts'

const HOME = 'https://archive.ics.uci.edu/ml/machine-learning-databases/adult'

/** These sums go with the md5 sums 5d7c39d7… and 35238206… of the files that UCI serves. */
export const ADULT_FILES = {
  train: {
    path: 'adult/adult.data',
    bytes: 3_974_305,
    sha256: '5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d',
    home: `${HOME}/adult.data`,
    instead: 'have it downloaded (`download: true`)',
  },
  test: {
    path: 'adult/adult.test',
    bytes: 2_003_153,
    sha256: 'a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05',
    home: `${HOME}/adult.test`,
    instead: 'have it downloaded (`download: true`)',
  },
} as const satisfies Record<string, KnownFile>

const CELLS = 15
const TRAIN_ROWS = 32_561
const TEST_ROWS = 16_281
const CLASSES = ['<=50K', '>50K'] as const

const NUMBERS = {
  age: 0,
  'final weight': 2,
  'years of education': 4,
  'capital gain': 10,
  'capital loss': 11,
  'hours a week': 12,
} as const

const FIELDS: readonly Field[] = [
  ...Object.entries(NUMBERS).map(([name, column]) => ({ kind: 'number' as const, name, column })),
  ...ADULT_WORDS.map((field) => ({ kind: 'one-hot' as const, ...field })),
]

/** Columns that rows may be partitioned and judged by. */
const CATEGORIES = ['sex', 'race', 'occupation', 'native country', 'education'] as const

/**
 * Adult, the census income set (Becker and Kohavi 1996): does someone earn more than 50,000 dollars a year? 108 features: six
 * numbers, standardised by the training rows, and eight words one-hot, of which `?`, unknown, is one. The natural clients are
 * the 15 occupations; the columns `sex` and `race` are there to judge fairness by. Train and test rows as published.
 *
 * @throws DatasetError when a file is missing, altered or malformed, saying what to do.
 */
export const loadAdult = async (folder: string): Promise<Dataset> => {
  const decode = async (file: KnownFile) => new TextDecoder().decode(await readKnownFile(folder, file))
  const train = readAdult(await decode(ADULT_FILES.train), ADULT_FILES.train.path, TRAIN_ROWS)
  const test = readAdult(await decode(ADULT_FILES.test), ADULT_FILES.test.path, TEST_ROWS)
  return {
    name: 'adult',
    title: 'Adult (census income)',
    licence: 'CC-BY-4.0',
    checksum: checksumOf(Object.values(ADULT_FILES)),
    task: { kind: 'classification', classes: CLASSES },
    ...adultFeatures(train, test),
  }
}

/** @throws DatasetError naming file and line of a row that is not as published. */
export const readAdult = (text: string, name: string, rows: number): { name: string; rows: Cells[] } => ({
  name,
  // The test file begins with a line about cross validation, and ends its labels in a full stop.
  rows: readDelimited(text, { name, columns: CELLS, rows, isRow: (line) => !line.startsWith('|') }),
})

/** Both sets encoded, and standardised by what the training rows say. */
export const adultFeatures = (
  train: { name: string; rows: readonly Cells[] },
  test: { name: string; rows: readonly Cells[] },
): Pick<Dataset, 'inputShape' | 'train' | 'test'> => {
  const all = [...train.rows, ...test.rows]
  const name = `${train.name} or ${test.name}`
  const table = encodeFields(FIELDS, all, name)
  const fit = train.rows.map((_, row) => row)
  standardise(
    table,
    fit,
    all.map((_, row) => row),
  )
  return {
    inputShape: [table.width],
    train: rowsOf(train.rows, table, 0, train.name),
    test: rowsOf(test.rows, table, train.rows.length, test.name),
  }
}

const rowsOf = (rows: readonly Cells[], table: FeatureTable, first: number, name: string): Rows => {
  const labels = rows.map(({ cells, line }) =>
    oneOf(CLASSES, (cells[14] ?? '').replace(/\.$/, ''), `${name}, line ${line}, income`),
  )
  const words = (field: string) => {
    const { column, words } = wordsOf(field)
    return [rows.map(({ cells }) => cells[column] ?? ''), words] as const
  }
  const columns: Record<string, Column> = {}
  for (const field of CATEGORIES) columns[field] = categoryColumn(...words(field))
  for (const [field, column] of Object.entries(NUMBERS))
    columns[field] = numberColumn(
      rows.map(({ cells, line }) => numberIn(cells[column] ?? '', `${name}, line ${line}, ${field}`)),
    )
  return {
    count: rows.length,
    features: {
      kind: 'float32',
      width: table.width,
      values: table.values.subarray(first * table.width, (first + rows.length) * table.width),
    },
    targets: inSharedUint8(labels),
    groups: categoryOf(...words('occupation')),
    columns,
  }
}

const wordsOf = (name: string) => {
  const field = ADULT_WORDS.find((field) => field.name === name)
  if (!field) throw new RangeError(`Adult has no words for ${name}`)
  return field
}
