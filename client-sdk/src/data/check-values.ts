/** Examples as numbers, held to what the task's signature says of them. */
import { unreachable } from '@tributary/protocols'
import {
  type Feature,
  featureWidth,
  inputWidth,
  type Labels,
  outputWidth,
  type Signature,
} from '@tributary/protocols/task'
import { type Examples, hasClasses } from '../training/examples.ts'
import { badExamples } from './dataset.ts'
import { createFindings, type Findings } from './findings.ts'

/** @throws TributaryError `bad-examples` naming features and the examples’ numbers, counted from 1. */
export const checkExamples = (signature: Signature, examples: Examples, before = 0): void => {
  const findings = createFindings({ counted: 'example' })
  findValues(signature, examples, before, findings)
  findings.settle()
}

/** `before`: examples that came before these. @throws TributaryError `bad-examples` where inputs or targets are not as many as the signature has. */
export const findValues = (
  { features, labels }: Signature,
  { inputs, targets }: Examples,
  before: number,
  findings: Findings,
): void => {
  const width = inputWidth(features)
  const rows = inputs.length / width
  if (!Number.isInteger(rows))
    throw badExamples(
      `${inputs.length} input values are no whole number of examples of the ${width} that the task’s signature has`,
      `Give ${listed(features)}, in this order, for each example`,
    )
  const classes = hasClasses({ targets })
  const asClasses = isClasses(labels)
  if (targets.length !== (classes ? rows : rows * outputWidth(labels)) || (classes && !asClasses))
    throw badExamples(
      `${rows} examples have ${targets.length} ${classes ? 'classes' : 'target values'}, and the task’s labels ${JSON.stringify(labels.name)} are ${asClasses ? 'a class each' : 'a value each, in a Float32Array'}`,
      'Give one label for each example, as the task’s signature says',
    )
  let offset = 0
  for (const feature of features) {
    const fits = featureCheck(feature)
    const own = featureWidth(feature)
    for (let row = 0; row < rows; row++) {
      const problem = fits(inputs, row * width + offset)
      if (problem) findings.add({ column: feature.name, problem, remedy: REMEDY, at: before + row + 1 })
    }
    offset += own
  }
  const fits = labelCheck(labels, classes)
  for (let row = 0; row < rows; row++) {
    const problem = fits(targets, row)
    if (problem) findings.add({ column: labels.name, problem, remedy: REMEDY, at: before + row + 1 })
  }
}

const REMEDY = 'Prepare examples as the task’s signature says: `fromRows` and `fromCsv` do'

const isClasses = (labels: Labels): boolean =>
  labels.kind === 'next-token' || (labels.kind === 'classes' && labels.encoding !== 'binary')

const listed = (features: readonly Feature[]): string => {
  const some = features
    .slice(0, 6)
    .map((feature) => `${JSON.stringify(feature.name)} (${featureWidth(feature)})`)
  return `${some.join(', ')}${features.length > some.length ? ` and ${features.length - some.length} more` : ''}`
}

/** What is wrong with the values from `start` on; `undefined` where nothing is. */
type Check = (values: ArrayLike<number>, start: number) => string | undefined

const featureCheck = (feature: Feature): Check => {
  switch (feature.kind) {
    case 'number':
      return numberCheck(feature)
    case 'category':
      return feature.encoding === 'index'
        ? placeCheck(feature.categories.length, 'categories')
        : oneHotCheck(feature.categories.length)
    case 'image': {
      const width = featureWidth(feature)
      return (values, start) => {
        for (let i = start; i < start + width; i++) {
          const value = values[i] ?? Number.NaN
          if (!(value >= 0 && value <= 1)) return 'has values that are not from 0 to 1'
        }
        return undefined
      }
    }
    case 'text': {
      const { length, vocabulary } = feature
      const fits = placeCheck(vocabulary.size + 1, 'tokens')
      return (values, start) => {
        for (let i = start; i < start + length; i++) {
          const problem = fits(values, i)
          if (problem) return problem
        }
        return undefined
      }
    }
    default:
      return unreachable(feature)
  }
}

const labelCheck = (labels: Labels, given: boolean): Check => {
  switch (labels.kind) {
    case 'classes':
      if (labels.encoding === 'binary') return placeCheck(2, 'classes')
      return given
        ? placeCheck(labels.classes.length, 'classes')
        : rowOf(oneHotCheck(labels.classes.length), labels.classes.length)
    case 'number':
      return numberCheck(labels)
    case 'next-token':
      return given
        ? placeCheck(labels.vocabulary.size, 'tokens')
        : rowOf(oneHotCheck(labels.vocabulary.size), labels.vocabulary.size)
    default:
      return unreachable(labels)
  }
}

const rowOf =
  (check: Check, width: number): Check =>
  (values, row) =>
    check(values, row * width)

const numberCheck = ({
  range,
  unit,
  standard = { mean: 0, deviation: 1 },
  missing,
}: Pick<Extract<Feature, { kind: 'number' }>, 'range' | 'unit' | 'standard' | 'missing'>): Check => {
  const stored = (value: number) => (value - standard.mean) / standard.deviation
  const asMissing = missing === undefined ? undefined : Math.fround(stored(missing))
  // The range as values are stored, and a little, for they were rounded to float32.
  const [low, high] = range
    ? [stored(range.min), stored(range.max)].map(
        (end, i) => end + (i ? 1 : -1) * 1e-6 * Math.max(1, Math.abs(end)),
      )
    : []
  return (values, start) => {
    const value = values[start] ?? Number.NaN
    if (!Number.isFinite(value)) return 'is not a finite number'
    if (low === undefined || high === undefined || (low <= value && value <= high) || value === asMissing)
      return undefined
    return `is outside the task’s range ${range?.min} to ${range?.max}${unit ? ` ${unit}` : ''}`
  }
}

const placeCheck =
  (count: number, what: string): Check =>
  (values, start) => {
    const value = values[start] ?? Number.NaN
    return Number.isInteger(value) && value >= 0 && value < count
      ? undefined
      : `is none of the task’s ${count} ${what}`
  }

const oneHotCheck =
  (count: number): Check =>
  (values, start) => {
    let ones = 0
    for (let i = start; i < start + count; i++) {
      if (values[i] === 1) ones++
      else if (values[i] !== 0) return `is not one-hot: ${count} values, one of them 1 and the others 0`
    }
    return ones === 1 ? undefined : `is not one-hot: ${count} values, one of them 1 and the others 0`
  }
