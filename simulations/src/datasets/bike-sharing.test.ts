import { describe, expect, it } from 'vitest'
import { BIKE_SHARING_FILES, bikeFeatures, loadBikeSharing, readHours } from './bike-sharing.ts'
import { dataUnderTest } from './data-under-test.ts'
import { DatasetError } from './dataset-error.ts'

const anHour = ({ season = 1, year = 0, hour = '0', count = '16' } = {}) =>
  `1,2011-01-01,${season},${year},1,${hour},0,6,0,1,0.24,0.28,0.81,0,3,13,${count}\r\n`
const HEADER = 'instant,dteday,season,yr,mnth,hr\r\n'
const read = (...lines: string[]) => readHours(HEADER + lines.join(''), 'hour.csv', lines.length)

describe('hours of bike sharing', () => {
  const rows = read(
    ...[0, 1].flatMap((year) =>
      [1, 2, 3, 4].flatMap((season) =>
        Array.from({ length: 5 }, (_, i) => anHour({ season, year, hour: `${i} ` })),
      ),
    ),
  )

  it('of 2012 test what those of 2011 taught', () => {
    const { train, test, inputShape } = bikeFeatures(rows, 'hour.csv')
    expect([train.count, test.count, inputShape]).toEqual([20, 20, [57]])
    expect(train.groups?.names).toEqual(['2011 spring', '2011 summer', '2011 fall', '2011 winter'])
    expect(train.targets[0]).toBe(16)
  })

  it('of every season of both years test, a fifth of each', () => {
    const { train, test } = bikeFeatures(rows, 'hour.csv', { test: 'hours-of-every-season' })
    expect([train.groups?.names.length, test.groups?.names.length]).toEqual([8, 8])
    expect([train.count, test.count]).toEqual([32, 8])
  })

  it.each([
    ['a 25th hour', anHour({ hour: '24' }), 'hour: "24" is none of'],
    ['a fifth season', anHour({ season: 5 }), 'season'],
    ['no number of bikes', anHour({ count: '' }), '"" is not a number'],
  ])('with %s are refused with file and line', (_, line, reason) => {
    const act = () => bikeFeatures(read(line), 'hour.csv')
    expect(act).toThrow(DatasetError)
    expect(act).toThrow('hour.csv, line 2')
    expect(act).toThrow(reason)
  })
})

const { folder, present, note } = dataUnderTest(Object.values(BIKE_SHARING_FILES))

describe.skipIf(!present)(`Bike sharing${note}`, () => {
  it('has 17,379 hours, of 143.8 bikes on average in 2011 and 234.7 in 2012', async () => {
    const { train, test } = await loadBikeSharing(folder)
    expect(train.count + test.count).toBe(17_379)
    const mean = (targets: Iterable<number>, count: number) => [...targets].reduce((a, b) => a + b, 0) / count
    expect(mean(train.targets, train.count)).toBeCloseTo(143.8, 1)
    expect(mean(test.targets, test.count)).toBeCloseTo(234.7, 1)
  })
})
