import { seededRandom } from '@tributary/protocols/runtime'
import { type KnownFile, readKnownFile } from './checksums.ts'
import {
  categoryColumn,
  categoryOf,
  type Dataset,
  inSharedUint8,
  numberColumn,
  type Rows,
} from './dataset.ts'
import { type Cells, numberIn, readDelimited } from './delimited.ts'
import { encodeFields, type Field, standardise } from './feature-table.ts'
import { checksumOf } from './set-checksum.ts'
import { splitRows } from './split-rows.ts'
import { takeRows } from './take-rows.ts'

const HOME = 'https://archive.ics.uci.edu/ml/machine-learning-databases/heart-disease'

const aFile = (hospital: string, bytes: number, sha256: string): KnownFile => ({
  path: `heart-disease/processed.${hospital}.data`,
  bytes,
  sha256,
  home: `${HOME}/processed.${hospital}.data`,
  instead: 'have it downloaded (`download: true`)',
})

/** In the order of the published split of FLamby. */
export const HEART_DISEASE_FILES = {
  cleveland: aFile('cleveland', 18_461, 'a74b7efa387bc9d108d7d0115d831fe9b414b29ae7124f331b622b4efa0427c8'),
  hungarian: aFile('hungarian', 10_263, 'd1ad108f785768cd3d7e82dc522e6f5a61eea93cccfb3a46ee8076f73fc3d796'),
  switzerland: aFile(
    'switzerland',
    4_109,
    '834a405ccf5b66ab4056bb77794adc8df0b7125186454c0a1d002d33c6c3b314',
  ),
  va: aFile('va', 6_737, 'e7c93d8d0d2acdadfa4c5e8de768e2191e7f618b952e29623f1f0d5949ff6b8f'),
} as const satisfies Record<string, KnownFile>

const HOSPITALS = [
  { name: 'Cleveland', file: HEART_DISEASE_FILES.cleveland, rows: 303 },
  { name: 'Budapest', file: HEART_DISEASE_FILES.hungarian, rows: 294 },
  { name: 'Switzerland', file: HEART_DISEASE_FILES.switzerland, rows: 123 },
  { name: 'Long Beach VA', file: HEART_DISEASE_FILES.va, rows: 200 },
] as const

const CELLS = 14
const DIAGNOSIS = 13
/** Columns 10 to 12 (slope, vessels, thal) are left out: three of the four hospitals hardly have them. */
const USED = 10

const FIELDS: readonly Field[] = [
  { kind: 'number', name: 'age', column: 0 },
  { kind: 'number', name: 'sex', column: 1 },
  { kind: 'number', name: 'blood pressure', column: 3 },
  { kind: 'number', name: 'cholesterol', column: 4 },
  { kind: 'number', name: 'fasting blood sugar', column: 5 },
  { kind: 'number', name: 'heart rate', column: 7 },
  { kind: 'number', name: 'exercise angina', column: 8 },
  { kind: 'number', name: 'ST depression', column: 9 },
  { kind: 'one-hot', name: 'chest pain', column: 2, words: ['2', '3', '4'], rest: ['1'] },
  { kind: 'one-hot', name: 'ECG at rest', column: 6, words: ['1', '2'], rest: ['0', '?'] },
]

export type HeartDiseaseOptions = {
  /**
   * `leave-out` keeps the 740 patients who have all ten readings used, as FLamby does; `fill-in` keeps all 920: a missing
   * reading counts as its hospital's mean, a missing ECG as a normal one.
   */
  readonly missing?: 'leave-out' | 'fill-in'
  /** Of the split. */
  readonly seed?: string | number
}

/**
 * Heart disease in four hospitals (Detrano et al. 1989), prepared as FLamby's Fed-Heart-Disease (Ogier du Terrail et al. 2022):
 * 13 features, standardised within each hospital by its own training rows; 34 % of each hospital's patients test, with the hospital's
 * share of the sick. The natural clients are the hospitals. FLamby's own draw of the split is another.
 *
 * @throws DatasetError when a file is missing, altered or malformed, saying what to do.
 */
export const loadHeartDisease = async (
  folder: string,
  options: HeartDiseaseOptions = {},
): Promise<Dataset> => {
  const patients = await Promise.all(
    HOSPITALS.map(async ({ name, file, rows }) => ({
      hospital: name,
      rows: readPatients(new TextDecoder().decode(await readKnownFile(folder, file)), file.path, rows),
    })),
  )
  return {
    name: 'heart-disease',
    title: 'Heart disease by hospital',
    licence: 'CC-BY-4.0',
    checksum: checksumOf(Object.values(HEART_DISEASE_FILES)),
    task: { kind: 'classification', classes: ['healthy', 'diseased'] },
    ...heartFeatures(patients, options),
  }
}

/** Cells as one hospital wrote them, with numbers written alike: `1.0` is `1`. */
export const readPatients = (text: string, name: string, rows: number): Cells[] =>
  readDelimited(text, { name, columns: CELLS, rows }).map(({ cells, line }) => ({
    cells: cells.map((cell, column) =>
      cell === '?' ? cell : String(numberIn(cell, `${name}, line ${line}, column ${column}`)),
    ),
    line,
  }))

export const heartFeatures = (
  hospitals: readonly { readonly hospital: string; readonly rows: readonly Cells[] }[],
  { missing = 'leave-out', seed = 1 }: HeartDiseaseOptions = {},
): Pick<Dataset, 'inputShape' | 'train' | 'test'> => {
  const kept = hospitals.flatMap(({ hospital, rows }) =>
    rows
      .filter(({ cells }) => missing === 'fill-in' || !cells.slice(0, USED).includes('?'))
      .map((row) => ({ hospital, row })),
  )
  const rows = kept.map(({ row }) => row)
  const sick = rows.map(({ cells, line }) =>
    numberIn(cells[DIAGNOSIS] ?? '', `heart disease, line ${line}, diagnosis`) > 0 ? 1 : 0,
  )
  const table = encodeFields(FIELDS, rows, 'heart disease')
  const train: number[] = []
  const test: number[] = []
  for (const { hospital } of hospitals) {
    const own = kept.flatMap((patient, row) => (patient.hospital === hospital ? [row] : []))
    const random = seededRandom(seed).fork(`heart disease v1, ${hospital}`)
    const split = splitRows(
      random,
      own.map((row) => sick[row] ?? 0),
      0.34,
    )
    const fit = split.train.map((index) => own[index] ?? 0)
    standardise(table, fit, own)
    train.push(...fit)
    test.push(...split.test.map((index) => own[index] ?? 0))
  }
  const all: Rows = {
    count: rows.length,
    features: { kind: 'float32', width: table.width, values: table.values },
    targets: inSharedUint8(sick),
    groups: categoryOf(
      kept.map(({ hospital }) => hospital),
      hospitals.map(({ hospital }) => hospital),
    ),
    columns: {
      sex: categoryColumn(rows.map(({ cells }) => (cells[1] === '1' ? 'male' : 'female'))),
      age: numberColumn(rows.map(({ cells }) => Number(cells[0]))),
    },
  }
  return { inputShape: [table.width], train: takeRows(all, train), test: takeRows(all, test) }
}
