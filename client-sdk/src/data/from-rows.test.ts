import type { Signature } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { rowsOf } from './dataset.builders.ts'
import { encodeRows, fromRows } from './from-rows.ts'
import type { Row } from './row-encoder.ts'

const signature: Signature = {
  features: [
    { name: 'age', kind: 'number', range: { min: 0, max: 120 }, standard: { mean: 40, deviation: 10 } },
    { name: 'work', kind: 'category', categories: ['state', 'own', '?'], missing: '?' },
    { name: 'level', kind: 'category', categories: ['low', 'high'], encoding: 'index' },
  ],
  labels: { name: 'income', kind: 'classes', classes: ['<=50K', '>50K'] },
}
const aRow = (row: Row = {}): Row => ({ age: 50, work: 'own', level: 'high', income: '>50K', ...row })
const failing = (rows: readonly Row[], options: Parameters<typeof fromRows>[2] = {}) =>
  rowsOf(fromRows(rows, signature, options))

describe('rows', () => {
  test('are what the model takes, by the signature: standardised, one-hot, by place', async () => {
    const rows = [aRow(), aRow({ age: ' 30.0 ', work: ' state ', level: 'low', income: '<=50K' })]
    expect(await rowsOf(fromRows(rows, signature))).toEqual([
      [1, 0, 1, 0, 1, 1],
      [-1, 1, 0, 0, 0, 0],
    ])
    expect([...encodeRows([{ age: 40, work: 'own', level: 'low' }], signature)]).toEqual([0, 0, 1, 0, 0])
  })

  test('that lack a value have what the signature says it counts as', async () => {
    for (const work of ['', null, undefined, 'n/a'])
      expect(await rowsOf(fromRows([aRow({ work })], signature, { missing: ['n/a'] }))).toEqual([
        [1, 0, 0, 1, 1, 1],
      ])
  })

  test('are counted in chunks, read anew by each iteration, and of an array that grows those there at its start', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => aRow({ age: i % 100 }))
    const dataset = fromRows(rows, signature, { key: 'age' })
    const sizes: number[] = []
    for await (const { rows: count, keys } of dataset) {
      sizes.push(count)
      expect(keys).toHaveLength(count)
      rows.push(aRow())
    }
    expect([sizes, dataset.size]).toEqual([[1_024, 1_024, 452], 2_503])
    expect(await rowsOf(dataset)).toHaveLength(2_503)
  })

  test('of labels that one output tells are 0 or 1, as values', async () => {
    const binary = { ...signature, labels: { ...signature.labels, encoding: 'binary' } } as Signature
    for await (const { targets } of fromRows([aRow(), aRow({ income: '<=50K' })], binary))
      expect(targets).toEqual(Float32Array.of(1, 0))
  })

  test.each<[string, Row[], RegExp]>([
    [
      'a missing column',
      [aRow(), { Age: 3, work: 'own', level: 'low', income: '>50K' }],
      /^column "age" is missing: did you mean "Age"\? \(row 2\)/,
    ],
    ['no number', [aRow({ age: 'secret' })], /^column "age" is not a number \(row 1\)/],
    ['hexadecimal', [aRow({ age: '0x10' })], /not a number/],
    ['NaN', [aRow({ age: Number.NaN })], /not a number/],
    ['Infinity', [aRow({ age: 'Infinity' }), aRow({ age: 1e39 })], /not a number \(rows 1, 2\)/],
    ['an object', [aRow({ age: { valueOf: () => 3 } })], /not a number/],
    ['a value out of range', [aRow({ age: 140 })], /^column "age" is outside the task’s range 0 to 120/],
    [
      'another category',
      [aRow({ work: 'secret' })],
      /^column "work" is none of the task’s categories "state", "own", "\?" \(row 1\)/,
    ],
    [
      'a label in another case',
      [aRow({ income: '>50k.' })],
      /labels .*, from one of which it differs in case, spaces or points alone \(row 1\)\. Write them as the task does/,
    ],
    ['no label', [aRow({ income: null })], /^column "income" has no value \(row 1\)/],
    ['no value', [aRow({ level: '' })], /^column "level" has no value, and the signature does not say/],
  ])('with %s are refused by column and row, and not by what stands there', async (_, rows, message) => {
    const error = await failing(rows).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'bad-examples', message: expect.stringMatching(message) })
    expect(String(error)).not.toContain('secret')
  })

  test('with many mistakes are refused with the first few of each', async () => {
    const rows = Array.from({ length: 20 }, (_, i) =>
      aRow({ age: i % 2 ? -1 : 5, income: i < 3 ? 'x' : '>50K' }),
    )
    await expect(failing(rows)).rejects.toThrow(
      /"income" is none .* \(rows 1, 2, 3\); .*range 0 to 120 \(rows 2, 4, 6, 8, 10 and 5 more\)/,
    )
  })

  test('say what stands in a cell where the app asks for it', async () => {
    await expect(failing([aRow({ work: 'secret' })], { showCells: true })).rejects.toThrow(
      /row 1 \("secret"\)/,
    )
  })

  test('with a column too many are refused where the app asks for it', async () => {
    expect(await failing([aRow({ name: 'x' })])).toHaveLength(1)
    await expect(failing([aRow({ leve: 'x' })], { extraColumns: 'refuse' })).rejects.toThrow(
      /^column "leve" is not one of the task’s: did you mean "level"\? \(row 1\)/,
    )
  })

  test('that never end are an error, by the bound that is stated', async () => {
    const endless = function* () {
      for (;;) yield aRow()
    }
    await expect(rowsOf(fromRows(endless, signature, { maxExamples: 5_000 }))).rejects.toThrow(
      /more than 5000 examples\. Raise `maxExamples`/,
    )
  })
})
