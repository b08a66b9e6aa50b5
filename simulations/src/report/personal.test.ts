import { describe, expect, test } from 'vitest'
import { percent } from './number-format.ts'
import { personalFigures } from './personal-figures.ts'
import { type PersonalRecord, summaryOfPersonal } from './personal-results.ts'
import { aSeed } from './results.builders.ts'

const aRecord = (client: string, own?: number, shared?: number): PersonalRecord => ({
  client,
  examples: 10,
  rounds: 1,
  ...(own !== undefined && { own: { accuracy: own, loss: 1 } }),
  ...(shared !== undefined && { shared: { accuracy: shared, loss: 1 } }),
})

describe('clients’ own models', () => {
  test('are summed up over the clients that have one, each counting once', () => {
    const records = [aRecord('a', 0.9, 0.5), aRecord('b', 0.7, 0.8), aRecord('c', undefined, 0.1)]
    const summary = summaryOfPersonal(records)
    expect(summary).toMatchObject({ clients: 2, without: 1 })
    expect(summary?.own?.mean).toBeCloseTo(0.8, 12)
    expect(summary?.own?.p10).toBeCloseTo(0.72, 12)
    expect(summary?.own?.worst).toBe(0.7)
    expect(summary?.shared?.mean).toBeCloseTo(0.65, 12)
  })

  test('where nobody has one, the shared model speaks for all; where nobody held rows out, nothing does', () => {
    const summary = summaryOfPersonal([aRecord('a', undefined, 0.5), aRecord('b', undefined, 0.7)])
    expect(summary).toEqual({
      clients: 2,
      without: 2,
      shared: { mean: 0.6, p10: expect.closeTo(0.52, 12), worst: 0.5 },
    })
    expect(summaryOfPersonal([])).toBeUndefined()
    expect(personalFigures([aSeed()])).toEqual([])
  })

  test('are drawn, with the shared one in the table beside them, and who is better off', () => {
    const personal = [aRecord('a', 0.9, 0.5), aRecord('b', 0.7, 0.8), aRecord('c', undefined, 0.1)]
    const [figure] = personalFigures([aSeed({ personal })])
    expect(figure?.description).toMatch(
      /each of 2 clients.*1 more never took part.*own model 1 fare better.*1 worse/,
    )
    expect(figure?.table?.rows.map(([model]) => model)).toEqual(['shared', 'own'])
    const heads = personalFigures([aSeed({ personal: [aRecord('a', 0.9)] })])
    expect(heads[0]?.table?.rows).toEqual([['own', ...Array(3).fill(percent(0.9, 2))]])
  })
})
