import { describe, expect, it } from 'vitest'
import { ADULT_FILES, adultFeatures, loadAdult, readAdult } from './adult.ts'
import { dataUnderTest } from './data-under-test.ts'
import { DatasetError } from './dataset-error.ts'
import { labelCounts } from './label-counts.ts'

const aPerson = ({ age = 39, occupation = 'Adm-clerical', sex = 'Male', income = '<=50K' } = {}) =>
  `${age}, State-gov, 77516, Bachelors, 13, Never-married, ${occupation}, Not-in-family, White, ${sex}, 2174, 0, 40, United-States, ${income}\n`

const read = (rows: number, ...lines: string[]) => readAdult(lines.join(''), 'adult/some.data', rows)

const train = read(2, aPerson({ age: 30 }), aPerson({ age: 50, sex: 'Female', occupation: '?' }))
const test = read(1, '|1x3 Cross validator\n', aPerson({ age: 70, income: '>50K.' }))
const set = adultFeatures(train, test)

describe('people of Adult', () => {
  it('are 108 features, the numbers standardised by the training rows alone', () => {
    expect(set.inputShape).toEqual([108])
    const ages = [0, 1].map((row) => set.train.features.values[row * 108])
    expect([...ages, set.test.features.values[0]]).toEqual([-1, 1, 3])
  })

  it('have one word of each of eight columns, unknown among them', () => {
    for (const row of [0, 1]) {
      const words = set.train.features.values.subarray(row * 108 + 6, (row + 1) * 108)
      expect([words.length, words.filter((value) => value === 1).length]).toEqual([102, 8])
    }
    expect(set.train.groups?.names[set.train.groups.of[1] ?? 0]).toBe('?')
  })

  it('are of a class with or without a full stop behind it', () => {
    expect([[...set.train.targets], [...set.test.targets]]).toEqual([[0, 0], [1]])
  })

  it.each([
    [
      'a word that is none',
      () => adultFeatures(read(1, aPerson({ occupation: '<script>' })), test),
      'line 1, occupation: "<script>"',
    ],
    ['another income', () => adultFeatures(read(1, aPerson({ income: '50K' })), test), 'line 1, income'],
    [
      'an infinite age',
      () => adultFeatures(read(1, aPerson({ age: Number.POSITIVE_INFINITY })), test),
      'line 1, age: "Infinity" is not a number',
    ],
    ['a cell too few', () => read(1, '39, State-gov\n'), 'line 1: 2 comma-separated cells'],
    ['rows missing', () => read(2, aPerson()), 'is truncated: 1 of 2 rows'],
    ['rows too many', () => read(1, aPerson(), aPerson()), 'more than the 1 rows'],
  ])('with %s are refused with file and line', (_, act, reason) => {
    expect(act).toThrow(DatasetError)
    expect(act).toThrow('adult/some.data')
    expect(act).toThrow(reason)
  })
})

const { folder, present, note } = dataUnderTest(Object.values(ADULT_FILES))

describe.skipIf(!present)(`Adult${note}`, async () => {
  const { train, test } = await (present
    ? loadAdult(folder)
    : Promise.resolve({ train: set.train, test: set.test }))
  it('has 32,561 and 16,281 people, 23.93 % of whom earn more, as its documentation says', () => {
    expect([train.count, test.count]).toEqual([32_561, 16_281])
    const [trainRich = 0, testRich = 0] = [labelCounts(train, 2)[1], labelCounts(test, 2)[1]]
    expect([trainRich, testRich]).toEqual([7_841, 3_846])
    expect((trainRich + testRich) / 48_842).toBeCloseTo(0.2393, 4)
  })

  it('has 30,162 people without an unknown word to train, 15,060 to test', () => {
    // The last feature of class of work, of occupation and of country is `?`.
    const unknown = [14, 52, 107]
    const known = ({ features: { values, width }, count }: typeof train) =>
      Array.from({ length: count }, (_, row) => unknown.every((at) => values[row * width + at] !== 1)).filter(
        Boolean,
      ).length
    expect([known(train), known(test)]).toEqual([30_162, 15_060])
  })

  it('is standardised: each number has mean 0 and deviation 1 over the training rows', () => {
    for (let column = 0; column < 6; column++) {
      let [sum, squares] = [0, 0]
      for (let row = 0; row < train.count; row++) {
        const value = train.features.values[row * 108 + column] ?? 0
        sum += value
        squares += value * value
      }
      expect(sum / train.count).toBeCloseTo(0, 4)
      expect(squares / train.count).toBeCloseTo(1, 4)
    }
  })
})
