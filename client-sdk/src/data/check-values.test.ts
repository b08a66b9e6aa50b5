import type { Signature } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { checkExamples } from './check-values.ts'

const signature: Signature = {
  features: [
    { name: 'age', kind: 'number', range: { min: 0, max: 120 } },
    { name: 'pulse', kind: 'number' },
    { name: 'work', kind: 'category', categories: ['state', 'own'] },
    { name: 'level', kind: 'category', categories: ['low', 'high'], encoding: 'index' },
  ],
  labels: { name: 'income', kind: 'number', range: { min: 0, max: 10 } },
}
const fine = [50, 70, 0, 1, 1]
const errorOf = (inputs: readonly number[], target = 5): unknown => {
  try {
    checkExamples(signature, {
      inputs: Float32Array.from([...fine, ...inputs]),
      targets: Float32Array.of(5, target),
    })
    return undefined
  } catch (error) {
    return error
  }
}
/** Found in no message but one that repeats what stands in a cell. */
const SECRET = 987_654
const withAt = (place: number, value: number) => fine.map((one, at) => (at === place ? value : one))

describe('[T17] examples that are not as the signature says are refused by column and example, and not by what stands there', () => {
  test('those that are, are not', () => expect(errorOf(fine)).toBeUndefined())

  test.each<[string, string, number[], number?]>([
    ['beyond the range', 'age', withAt(0, SECRET)],
    ['infinite', 'pulse', withAt(1, Number.NEGATIVE_INFINITY)],
    ['no number', 'pulse', withAt(1, Number.NaN)],
    ['not one-hot', 'work', withAt(2, SECRET)],
    ['no place', 'level', withAt(4, SECRET)],
    ['no place between', 'level', withAt(4, SECRET + 0.5)],
    ['a label beyond the range', 'income', fine, SECRET],
    ['a label that is infinite', 'income', fine, Number.NEGATIVE_INFINITY],
  ])('%s', (_, column, inputs, target) => {
    const error = errorOf(inputs, target)
    expect(error).toMatchObject({ code: 'bad-examples' })
    const text = `${error} ${error instanceof Error ? error.stack : ''}`
    expect(text).toContain(`column "${column}"`)
    expect(text).toContain('(example 2)')
    expect(text).not.toMatch(/98765|-Infinity|NaN/)
  })
})
