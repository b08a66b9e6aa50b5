import { expect, test } from 'vitest'
import { variantsOf } from './sweep.ts'

const namesOf = (sweeps: string[]) => variantsOf(sweeps).map(({ name }) => name)

test('nothing swept is one run without a name', () => {
  expect(variantsOf([])).toEqual([{ name: undefined, settings: [] }])
})

test('values are YAML, listed bare or in brackets; several sweeps are every combination', () => {
  expect(variantsOf(['plan.epochs=1,2', 'privacy=[{mode: sealed}]'])).toEqual([
    {
      name: 'plan.epochs=1,privacy=mode_sealed',
      settings: [
        { path: ['plan', 'epochs'], value: 1 },
        { path: ['privacy'], value: { mode: 'sealed' } },
      ],
    },
    {
      name: 'plan.epochs=2,privacy=mode_sealed',
      settings: [
        { path: ['plan', 'epochs'], value: 2 },
        { path: ['privacy'], value: { mode: 'sealed' } },
      ],
    },
  ])
  expect(variantsOf(['seeds=[1,2],[3]']).map(({ settings }) => settings)).toHaveLength(2)
})

test('names lead nowhere else, are not endless, and no two are the same', () => {
  expect(namesOf(["title=['../../etc', '/etc', 'a b']"])).toEqual([
    'title=.._.._etc',
    'title=etc',
    'title=a_b',
  ])
  const long = namesOf([`title=${'x'.repeat(500)}1,${'x'.repeat(500)}2`])
  expect(new Set(long).size).toBe(2)
  for (const name of long) expect(name?.length).toBeLessThan(140)
})

test('more runs than anybody means are refused', () => {
  const many = Array.from({ length: 40 }, (_, i) => i).join(',')
  expect(() => variantsOf([`rounds=${many}`, `cohort.target=${many}`])).toThrow('1600 runs')
})
