import { describe, expect, it } from 'vitest'
import { holdingsInPhases, Phases } from './phases.ts'

const rows = {
  count: 6,
  categories: {
    label: { names: ['0', '1'], of: [0, 1, 0, 1, 0, 1] },
    series: { names: ['employee', 'student'], of: [0, 0, 0, 1, 1, 1] },
  },
  numbers: {},
}
const parts = [Uint32Array.of(0, 1, 2), Uint32Array.of(2, 3, 4), Uint32Array.of(5)]
const phase = (fromRound: number, name: string, by = 'series') => ({ fromRound, by, names: [name] })

describe('phases', () => {
  it('without any, clients have what they hold', () => {
    expect(holdingsInPhases(rows, parts, []).rowsIn(7)).toBe(parts)
  })

  it('leave each client the rows that a phase allows, until the next begins', () => {
    const { rowsIn } = holdingsInPhases(rows, parts, [phase(3, 'employee'), phase(5, 'student')])
    expect(rowsIn(2)).toBe(parts)
    const early = [Uint32Array.of(0, 1, 2), Uint32Array.of(2), Uint32Array.of()]
    expect(rowsIn(3)).toEqual(early)
    expect(rowsIn(4)).toEqual(early)
    expect(rowsIn(5)).toEqual([Uint32Array.of(), Uint32Array.of(3, 4), Uint32Array.of(5)])
    expect(rowsIn(500)).toEqual(rowsIn(5))
  })

  it('an unknown category, an unknown name and a phase in which nobody has a row are refused with their paths', () => {
    expect(() => holdingsInPhases(rows, parts, [phase(1, 'x', 'sex')])).toThrow('choose one of label, series')
    expect(() => holdingsInPhases(rows, parts, [phase(1, 'pupil')])).toThrow(
      "phases.0.names.0: series has no 'pupil': choose of employee, student",
    )
    expect(() => holdingsInPhases(rows, parts.slice(0, 1), [phase(1, 'student')])).toThrow(
      'no client has a row',
    )
  })

  it('two that begin together, or out of order, are refused', () => {
    expect(Phases.safeParse([phase(3, 'student'), phase(3, 'employee')]).success).toBe(false)
    expect(Phases.safeParse([phase(3, 'student'), phase(2, 'employee')]).success).toBe(false)
    expect(Phases.parse(undefined)).toEqual([])
  })
})
