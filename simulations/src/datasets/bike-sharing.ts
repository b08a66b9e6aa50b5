import { seededRandom } from '@tributary/protocols/runtime'
import { type KnownFile, readKnownFile } from './checksums.ts'
import {
  categoryColumn,
  categoryOf,
  type Dataset,
  inSharedFloat32,
  numberColumn,
  type Rows,
} from './dataset.ts'
import { type Cells, numberIn, oneOf, readDelimited } from './delimited.ts'
import { encodeFields, type Field, standardise } from './feature-table.ts'
import { checksumOf } from './set-checksum.ts'
import { type Split, splitRows } from './split-rows.ts'
import { takeRows } from './take-rows.ts'

export const BIKE_SHARING_FILES = {
  hours: {
    path: 'bike-sharing/hour.csv',
    sha256: 'e03de4ee4ef4dc376ac6e04bf829673c6269e8eba5c60fa121640fa2f829504f',
    // A copy that goes round, with two blank lines and a space behind one hour; its numbers agree with other public copies.
    copies: ['09b19f3873d9c4ff8773304aef3233470286bf9010f1f6966e1b02a709015952'],
    home: 'https://archive.ics.uci.edu/static/public/275/bike+sharing+dataset.zip',
    served: { as: 'zip', member: 'hour.csv' },
    instead: 'have it downloaded (`download: true`)',
  },
} as const satisfies Record<string, KnownFile>

const ROWS = 17_379
const CELLS = 17
const SEASONS = ['spring', 'summer', 'fall', 'winter'] as const
const YEARS = ['2011', '2012'] as const
const WEATHER = ['clear', 'mist', 'light rain or snow', 'heavy rain or snow'] as const
const CELL = { index: 0, season: 2, year: 3, hour: 5, weather: 9, temperature: 10, count: 16 } as const

const numbered = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => String(first + i))

const FIELDS: readonly Field[] = [
  { kind: 'number', name: 'temperature', column: CELL.temperature },
  { kind: 'number', name: 'felt temperature', column: 11 },
  { kind: 'number', name: 'humidity', column: 12 },
  { kind: 'number', name: 'wind', column: 13 },
  { kind: 'one-hot', name: 'holiday', column: 6, words: ['1'], rest: ['0'] },
  { kind: 'one-hot', name: 'working day', column: 8, words: ['1'], rest: ['0'] },
  { kind: 'one-hot', name: 'season', column: CELL.season, words: numbered(1, 4) },
  { kind: 'one-hot', name: 'month', column: 4, words: numbered(1, 12) },
  { kind: 'one-hot', name: 'hour', column: CELL.hour, words: numbered(0, 23) },
  { kind: 'one-hot', name: 'weekday', column: 7, words: numbered(0, 6) },
  { kind: 'one-hot', name: 'weather', column: CELL.weather, words: numbered(1, 4) },
]

export type BikeSharingOptions = {
  /** What tests: all of 2012, a drift of weather and of demand; or a fifth of every season of both years. */
  readonly test?: 'year-2012' | 'hours-of-every-season'
  /** Of the second split. */
  readonly seed?: string | number
}

/**
 * Bikes rented in Washington, hour by hour of 2011 and 2012 (Fanaee-T and Gama 2013): regression on weather and calendar, 57
 * features, the year not among them. The natural clients are the seasons of each year, `2011 spring`, as the set numbers them.
 *
 * @throws DatasetError when the file is missing, altered or malformed, saying what to do.
 */
export const loadBikeSharing = async (folder: string, options: BikeSharingOptions = {}): Promise<Dataset> => {
  const file = BIKE_SHARING_FILES.hours
  const text = new TextDecoder().decode(await readKnownFile(folder, file))
  return {
    name: 'bike-sharing',
    title: 'Bike sharing by season',
    licence: 'CC-BY-4.0',
    checksum: checksumOf([file]),
    task: { kind: 'regression', unit: 'bikes an hour' },
    ...bikeFeatures(readHours(text, file.path, ROWS), file.path, options),
  }
}

/** @throws DatasetError naming file and line of a row that is not as published. */
export const readHours = (text: string, name: string, rows: number): Cells[] =>
  readDelimited(text, { name, columns: CELLS, rows, isRow: (_, index) => index > 0 })

export const bikeFeatures = (
  rows: readonly Cells[],
  name: string,
  { test = 'year-2012', seed = 1 }: BikeSharingOptions = {},
): Pick<Dataset, 'inputShape' | 'train' | 'test'> => {
  const table = encodeFields(FIELDS, rows, name)
  const word = (column: number, words: readonly string[], first: number) =>
    rows.map(({ cells, line }) => {
      const at = oneOf(
        numbered(first, first + words.length - 1),
        cells[column] ?? '',
        `${name}, line ${line}`,
      )
      return words[at] ?? ''
    })
  const number = (column: number) =>
    rows.map(({ cells, line }) => numberIn(cells[column] ?? '', `${name}, line ${line}`))
  const years = word(CELL.year, YEARS, 0)
  const seasons = word(CELL.season, SEASONS, 1)
  const all: Rows = {
    count: rows.length,
    features: { kind: 'float32', width: table.width, values: table.values },
    targets: inSharedFloat32(number(CELL.count)),
    groups: categoryOf(
      years.map((year, row) => `${year} ${seasons[row]}`),
      YEARS.flatMap((year) => SEASONS.map((season) => `${year} ${season}`)),
    ),
    columns: {
      year: categoryColumn(years, YEARS),
      season: categoryColumn(seasons, SEASONS),
      weather: categoryColumn(word(CELL.weather, WEATHER, 1), WEATHER),
      hour: numberColumn(number(CELL.hour)),
      temperature: numberColumn(number(CELL.temperature)),
      index: numberColumn(number(CELL.index)),
    },
  }
  const split = splitBy(test, years, all.groups?.of ?? new Uint16Array(), seed)
  standardise(
    table,
    split.train,
    rows.map((_, row) => row),
  )
  return { inputShape: [table.width], train: takeRows(all, split.train), test: takeRows(all, split.test) }
}

const splitBy = (
  test: 'year-2012' | 'hours-of-every-season',
  years: readonly string[],
  seasonOf: Uint16Array,
  seed: string | number,
): Split => {
  if (test === 'hours-of-every-season')
    return splitRows(seededRandom(seed).fork('bike sharing v1'), [...seasonOf], 0.2)
  const rows = years.map((_, row) => row)
  return {
    train: rows.filter((row) => years[row] === '2011'),
    test: rows.filter((row) => years[row] === '2012'),
  }
}
