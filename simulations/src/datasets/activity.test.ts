import { describe, expect, it } from 'vitest'
import { ACTIVITY_FILES, activityFeatures, loadActivity, readArff } from './activity.ts'
import { dataUnderTest } from './data-under-test.ts'
import type { Rows } from './dataset.ts'
import { DatasetError } from './dataset-error.ts'
import { labelCounts } from './label-counts.ts'

const aWindow = (person: number | string, first: number | string, activity = 'Walking') =>
  `1,${person},${first},${Array(42).fill(0.1).join(',')},${activity}`
const HEADER = '@relation r\n@attribute "user"\n\n@data\n'
const read = (...lines: string[]) => readArff(HEADER + lines.join('\n'), 'a.arff', lines.length)

describe('windows of activity', () => {
  const rows = read(
    ...Array.from({ length: 60 }, (_, i) =>
      aWindow(1 + (i % 6), i % 7 === 0 ? '?' : i, i % 2 ? 'Sitting' : 'Jogging'),
    ),
  )

  it('of unseen people test: nobody is on both sides', () => {
    const { train, test } = activityFeatures(rows, 'a.arff')
    expect([train.groups?.names.length, test.groups?.names.length]).toEqual([5, 1])
    expect(train.groups?.names).not.toContain(test.groups?.names[0])
  })

  it('of everyone test: everybody is on both sides', () => {
    const { train, test } = activityFeatures(rows, 'a.arff', { test: 'rows-of-everyone' })
    expect([train.count, test.count]).toEqual([48, 12])
    expect(test.groups?.names).toEqual(train.groups?.names)
  })

  it('count a missing peak as the mean, and what never varies as 0', () => {
    const { train } = activityFeatures(rows, 'a.arff')
    expect(train.features.values.every(Number.isFinite)).toBe(true)
    expect(train.features.values.filter((_, i) => i % 43 > 0).every((value) => value === 0)).toBe(true)
  })

  it.each([
    ['without data', () => readArff('@relation r\n', 'a.arff', 1), 'no ARFF file'],
    ['of nobody', () => activityFeatures(read(aWindow('{1,2}'.slice(0, 2), 1)), 'a.arff'), 'no person'],
    [
      'of another activity',
      () => activityFeatures(read(aWindow(1, 1, 'Flying')), 'a.arff'),
      '"Flying" is none of',
    ],
  ])('%s are refused with the file', (_, act, reason) => {
    expect(act).toThrow(DatasetError)
    expect(act).toThrow('a.arff')
    expect(act).toThrow(reason)
  })
})

const { folder, present, note } = dataUnderTest(Object.values(ACTIVITY_FILES))

describe.skipIf(!present)(`Human activity${note}`, () => {
  it('has 5,418 windows of 36 people, 60 to 273 each', async () => {
    const { train, test } = await loadActivity(folder, { test: 'rows-of-everyone' })
    expect(train.count + test.count).toBe(5_418)
    expect(train.groups?.names.length).toBe(36)
    const sizes = windowsOf(train).map((own, person) => own + (windowsOf(test)[person] ?? 0))
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([60, 273])
  })

  it('has nearly the windows of each activity that its readme tells of a file of 5,424', async () => {
    const { train, test } = await loadActivity(folder)
    const counts = labelCounts(train, 6).map((count, i) => count + (labelCounts(test, 6)[i] ?? 0))
    const readme = [2_082, 1_626, 633, 529, 307, 247]
    for (const [i, count] of counts.entries())
      expect(Math.abs(count - (readme[i] ?? 0))).toBeLessThanOrEqual(5)
  })
})

const windowsOf = ({ groups }: Rows): number[] => {
  const { names, of } = groups ?? { names: [], of: new Uint16Array() }
  return names.map((_, index) => of.filter((person) => person === index).length)
}
