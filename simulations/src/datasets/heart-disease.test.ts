import { describe, expect, it } from 'vitest'
import { dataUnderTest } from './data-under-test.ts'
import { DatasetError } from './dataset-error.ts'
import { HEART_DISEASE_FILES, heartFeatures, loadHeartDisease, readPatients } from './heart-disease.ts'

const aPatient = ({ age = '60', cholesterol = '200', ecg = '0', diagnosis = '0' } = {}) =>
  `${age},1,4,140,${cholesterol},0,${ecg},150,0,1.5,?,?,?,${diagnosis}\n`
const aHospital = (hospital: string, ...lines: string[]) => ({
  hospital,
  rows: readPatients(lines.join(''), `${hospital}.data`, lines.length),
})

describe('patients', () => {
  const hospitals = [
    aHospital(
      'A',
      ...Array.from({ length: 10 }, (_, i) => aPatient({ age: `${40 + i}.0`, diagnosis: `${i % 4}` })),
    ),
    aHospital(
      'B',
      ...Array.from({ length: 6 }, (_, i) => aPatient({ cholesterol: i < 2 ? '?' : '0', ecg: '?' })),
    ),
  ]

  it('who lack a reading are left out, or filled in by the mean of their hospital', () => {
    const [without, filled] = (['leave-out', 'fill-in'] as const).map((missing) =>
      heartFeatures(hospitals, { missing }),
    )
    expect([without?.train.count, without?.test.count]).toEqual([6, 4])
    expect([filled?.train.count, filled?.test.count]).toEqual([9, 7])
    expect(filled?.train.features.values.some(Number.isNaN)).toBe(false)
    expect(without?.train.groups?.names).toEqual(['A'])
  })

  it('are sick with any diagnosis above 0', () => {
    const { train, test } = heartFeatures(hospitals)
    const sick = [...train.targets, ...test.targets].reduce((sum, target) => sum + target, 0)
    expect(sick).toBe([1, 2, 3, 1, 2, 3, 1].length)
  })

  it('are split alike by one seed, otherwise by another', () => {
    const agesBy = (seed: number) => {
      const { age } = heartFeatures(hospitals, { seed }).test.columns
      return age?.kind === 'number' ? [...age.values] : []
    }
    expect(agesBy(1)).toEqual(agesBy(1))
    expect([2, 3, 4, 5].map(agesBy)).not.toEqual([1, 1, 1, 1].map(agesBy))
  })

  it.each([
    ['words', 'sixty,1,4,140,200,0,0,150,0,1,?,?,?,0', 'line 1, column 0: "sixty" is not a number'],
    ['no diagnosis', '60,1,4,140,200,0,0,150,0,1,?,?,?', 'line 1: 13 comma-separated cells'],
  ])('with %s are refused with file and line', (_, line, reason) => {
    expect(() => readPatients(line, 'a.data', 1)).toThrow(DatasetError)
    expect(() => readPatients(line, 'a.data', 1)).toThrow(`a.data, ${reason}`)
  })
})

const { folder, present, note } = dataUnderTest(Object.values(HEART_DISEASE_FILES))

describe.skipIf(!present)(`Heart disease${note}`, () => {
  const perHospital = (
    { names, of }: { names: readonly string[]; of: Uint16Array } = { names: [], of: new Uint16Array() },
  ) => names.map((_, index) => of.filter((hospital) => hospital === index).length)

  it('leaves 740 patients in the parts of FLamby: 199, 172, 30, 85 train, 104, 89, 16, 45 test', async () => {
    const { train, test, inputShape } = await loadHeartDisease(folder)
    expect(perHospital(train.groups)).toEqual([199, 172, 30, 85])
    expect(perHospital(test.groups)).toEqual([104, 89, 16, 45])
    expect(inputShape).toEqual([13])
  })

  it('filled in has the 303, 294, 123 and 200 patients of the files', async () => {
    const { train, test } = await loadHeartDisease(folder, { missing: 'fill-in' })
    const [trained, tested] = [perHospital(train.groups), perHospital(test.groups)]
    expect(trained.map((count, i) => count + (tested[i] ?? 0))).toEqual([303, 294, 123, 200])
    expect(train.features.values.some(Number.isNaN)).toBe(false)
  })
})
