/** Rows of an app's own columns as what the model takes, by the task's signature. */
import { unreachable } from '@tributary/protocols'
import { type Feature, featureWidth, inputWidth, type Signature } from '@tributary/protocols/task'
import { type Batch, badExamples } from './dataset.ts'
import { createFindings, type Findings, type FindingsOptions } from './findings.ts'
import { nearestWord } from './nearest-word.ts'

/** A value a column, by name: numbers, words, or what spells them. */
export type Row = Readonly<Record<string, unknown>>

export type RowOptions = {
  /** The column that rows are told apart by, for splits that stay: an id, a patient. It need not be one of the signature's. */
  key?: string
  /** What stands for a missing value, beside nothing at all. Left out, none. */
  missing?: readonly string[]
  /** `refuse`: a column that the signature does not know is an error. Left out, it is passed over. */
  extraColumns?: 'ignore' | 'refuse'
  /** Errors repeat what stands in a cell. They are likely to end in logs. */
  showCells?: boolean
}

export type RowEncoder = {
  /** `at`: each row's number for errors. @throws TributaryError `bad-examples` naming columns and rows. */
  batch(rows: readonly Row[], at: (row: number) => number): Batch
  /** Inputs alone, for predictions. @throws as `batch`. */
  inputs(rows: readonly Row[], at: (row: number) => number): Float32Array
  /** Whether these columns will do. @throws as `batch`. */
  checkColumns(columns: readonly string[]): void
}

/** @throws TributaryError `bad-examples` for a signature whose features are no columns. */
export const createRowEncoder = (
  { features, labels }: Signature,
  options: RowOptions & Pick<FindingsOptions, 'counted'>,
): RowEncoder => {
  const { key, missing = [], extraColumns = 'ignore' } = options
  const isMissing = (cell: unknown) =>
    cell === undefined ||
    cell === null ||
    (typeof cell === 'string' && (cell.trim() === '' || words.has(cell.trim())))
  const words = new Set(missing)
  const writers = features.map(featureWriter)
  const width = inputWidth(features)
  const label = labelWriter(labels)
  const known = new Set([
    ...features.map(({ name }) => name),
    labels.name,
    ...(key === undefined ? [] : [key]),
  ])

  const cellOf = (row: Row, column: string, at: number, findings: Findings): unknown => {
    if (Object.hasOwn(row, column)) return row[column]
    const near = nearestWord(
      column,
      Object.keys(row)
        .slice(0, MOST_LOOKED_AT)
        .filter((name) => !known.has(name)),
    )
    findings.add({
      column,
      problem: `is missing${near === undefined ? '' : `: did you mean ${JSON.stringify(near)}?`}`,
      remedy: 'Give every column that the task’s signature names, under that name',
      at,
    })
    return ABSENT
  }
  const writeInputs = (row: Row, at: number, to: Float32Array, offset: number, findings: Findings) => {
    let start = offset
    for (const writer of writers) {
      const cell = cellOf(row, writer.column, at, findings)
      if (cell !== ABSENT) {
        const wrong = writer.write(isMissing(cell) ? MISSING : cell, to, start)
        if (wrong) findings.add({ column: writer.column, ...wrong, at, cell })
      }
      start += writer.width
    }
  }
  const refuseExtra = (row: Row, at: number | undefined, findings: Findings) => {
    if (extraColumns === 'ignore') return
    for (const column of Object.keys(row)) {
      if (known.has(column)) continue
      const near = nearestWord(column, known)
      findings.add({
        column,
        problem: `is not one of the task’s${near === undefined ? '' : `: did you mean ${JSON.stringify(near)}?`}`,
        remedy: 'Leave out what the signature does not name, or let `extraColumns` be `ignore`',
        ...(at !== undefined && { at }),
      })
    }
  }
  return {
    batch(rows, at) {
      const findings = createFindings(options)
      const inputs = new Float32Array(rows.length * width)
      const targets = label.classes ? new Int32Array(rows.length) : new Float32Array(rows.length)
      const keys: string[] = []
      for (const [i, row] of rows.entries()) {
        writeInputs(row, at(i), inputs, i * width, findings)
        const cell = cellOf(row, labels.name, at(i), findings)
        const wrong = cell === ABSENT ? undefined : label.write(isMissing(cell) ? MISSING : cell, targets, i)
        if (wrong) findings.add({ column: labels.name, ...wrong, at: at(i), cell })
        refuseExtra(row, at(i), findings)
        if (key === undefined) continue
        const own = cellOf(row, key, at(i), findings)
        if (own !== ABSENT && isMissing(own)) findings.add({ column: key, ...NO_KEY, at: at(i) })
        keys.push(String(own))
      }
      findings.settle()
      return { inputs, targets, rows: rows.length, ...(key !== undefined && { keys }) }
    },
    inputs(rows, at) {
      const findings = createFindings(options)
      const inputs = new Float32Array(rows.length * width)
      for (const [i, row] of rows.entries()) writeInputs(row, at(i), inputs, i * width, findings)
      findings.settle()
      return inputs
    },
    checkColumns(columns) {
      const findings = createFindings(options)
      const row = Object.fromEntries(columns.map((column) => [column, '']))
      for (const column of known) if (!Object.hasOwn(row, column)) cellOf(row, column, 1, findings)
      refuseExtra(row, undefined, findings)
      findings.settle()
    },
  }
}

const ABSENT = Symbol('no such column')
const MISSING = Symbol('missing')
const MOST_LOOKED_AT = 1_000

const NO_KEY = { problem: 'has no value, and rows are told apart by it', remedy: 'Give each row its key' }

type Wrong = { problem: string; remedy: string }
type Writer = {
  column: string
  width: number
  write(cell: unknown, to: Float32Array, start: number): Wrong | undefined
}

const featureWriter = (feature: Feature): Writer => {
  const column = feature.name
  switch (feature.kind) {
    case 'number': {
      const { missing } = feature
      return {
        column,
        width: 1,
        write(cell, to, start) {
          const value = cell === MISSING ? missing : numberOf(cell)
          if (value === undefined) return cell === MISSING ? NO_VALUE : NOT_A_NUMBER
          if (cell !== MISSING && !isWithin(value, feature.range)) return outOf(feature)
          to[start] = standardised(value, feature.standard)
          return undefined
        },
      }
    }
    case 'category': {
      const { categories, missing, encoding = 'one-hot' } = feature
      const places = placesOf(categories)
      return {
        column,
        width: featureWidth(feature),
        write(cell, to, start) {
          const word = cell === MISSING ? missing : wordOf(cell)
          if (word === undefined && cell === MISSING) return NO_VALUE
          const place = places.get(word ?? '')
          if (place === undefined) return noneOf(categories, word, 'categories')
          if (encoding === 'index') to[start] = place
          else to[start + place] = 1
          return undefined
        },
      }
    }
    case 'image':
    case 'text':
      throw badExamples(
        `the feature ${JSON.stringify(column)} is of kind ${feature.kind}, which is no column of a row`,
        feature.kind === 'image' ? 'Use fromImages' : 'Use fromText',
      )
    default:
      return unreachable(feature)
  }
}

type LabelWriter = {
  classes: boolean
  write(cell: unknown, to: Float32Array | Int32Array, row: number): Wrong | undefined
}

const labelWriter = (labels: Signature['labels']): LabelWriter => {
  switch (labels.kind) {
    case 'classes': {
      const places = placesOf(labels.classes)
      return {
        classes: labels.encoding !== 'binary',
        write(cell, to, row) {
          if (cell === MISSING) return NO_LABEL
          const word = wordOf(cell)
          const place = places.get(word ?? '')
          if (place === undefined) return noneOf(labels.classes, word, 'labels')
          to[row] = place
          return undefined
        },
      }
    }
    case 'number':
      return {
        classes: false,
        write(cell, to, row) {
          const value = cell === MISSING ? undefined : numberOf(cell)
          if (value === undefined) return cell === MISSING ? NO_LABEL : NOT_A_NUMBER
          if (!isWithin(value, labels.range)) return outOf(labels)
          to[row] = standardised(value, labels.standard)
          return undefined
        },
      }
    case 'next-token':
      throw badExamples('the labels are tokens of a text, and no column of a row', 'Use fromText')
    default:
      return unreachable(labels)
  }
}

const NO_VALUE: Wrong = {
  problem: 'has no value, and the signature does not say what that counts as',
  remedy: 'Leave such rows out, or give the feature a `missing` in the task’s signature',
}
const NO_LABEL: Wrong = { problem: 'has no value', remedy: 'Leave rows without a label out' }
const NOT_A_NUMBER: Wrong = {
  problem: 'is not a number',
  remedy: 'Write numbers with a decimal point, and name what stands for a missing value in `missing`',
}

const outOf = ({
  range,
  unit,
}: {
  range?: { min: number; max: number } | undefined
  unit?: string | undefined
}): Wrong => ({
  problem: `is outside the task’s range ${range?.min} to ${range?.max}${unit ? ` ${unit}` : ''}`,
  remedy: 'Check the unit that the task asks for, or leave such rows out',
})

/** Which of the words was meant is not said: it would be what stands in the cell. */
const noneOf = (words: readonly string[], word: string | undefined, what: 'categories' | 'labels'): Wrong => {
  const some = words.slice(0, 6).map((known) => JSON.stringify(known.slice(0, 40)))
  const more = words.length > some.length ? `, … (${words.length})` : ''
  const alike = word !== undefined && words.some((known) => bare(known) === bare(word))
  return {
    problem: `is none of the task’s ${what} ${some.join(', ')}${more}${alike ? ', from one of which it differs in case, spaces or points alone' : ''}`,
    remedy: alike
      ? 'Write them as the task does'
      : 'Map what the app has to the task’s words, or leave such rows out',
  }
}

const bare = (word: string) => word.toLowerCase().replace(/[\s.,;:_-]/g, '')

const placesOf = (words: readonly string[]) => new Map(words.map((word, place) => [word, place]))

const wordOf = (cell: unknown): string | undefined => {
  if (typeof cell === 'string') return cell.trim()
  return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : undefined
}

const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

/** A finite number that float32 has room for. */
const numberOf = (cell: unknown): number | undefined => {
  const value =
    typeof cell === 'number'
      ? cell
      : typeof cell === 'boolean'
        ? Number(cell)
        : typeof cell === 'string' && cell.length <= 64 && DECIMAL.test(cell.trim())
          ? Number(cell)
          : Number.NaN
  return Number.isFinite(Math.fround(value)) ? value : undefined
}

const isWithin = (value: number, range: { min: number; max: number } | undefined): boolean =>
  !range || (range.min <= value && value <= range.max)

const standardised = (value: number, standard: { mean: number; deviation: number } | undefined): number =>
  standard ? (value - standard.mean) / standard.deviation : value
