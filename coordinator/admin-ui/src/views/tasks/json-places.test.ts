import { pathText } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { lineAndColumn, placeOf, readJson } from './json-places.ts'

const read = (text: string) => {
  const answer = readJson(text)
  if (answer.kind === 'broken') throw new Error(answer.problem)
  return answer
}
const broken = (text: string) => {
  const answer = readJson(text)
  return answer.kind === 'broken' && { ...lineAndColumn(text, answer.at), problem: answer.problem }
}

test('what is read is what JSON.parse reads, and every path has its place', () => {
  const text = '{\n "a": [1, {"b.c": -2.5e3}],\n "d": null, "é": "x\\"y\\u0041" }\n'
  const { value, places } = read(text)
  expect(value).toEqual(JSON.parse(text))
  const at = (...path: (string | number)[]) => {
    const place = places.get(pathText(path))
    return place && text.slice(place.from, place.to)
  }
  expect(at('a', 1, 'b.c')).toBe('"b.c": -2.5e3')
  expect(at('a', 0)).toBe('1')
  expect(at('d')).toBe('"d": null')
  expect(at('é')).toBe('"é": "x\\"y\\u0041"')
  expect(at()).toBe(text.trim())
})

test('a field that is missing is marked at what it is missing in', () => {
  const text = '{"cohort": {"target": 3}, "model": {"tensors": [{}]}}'
  const { places } = read(text)
  const shown = (path: string) => {
    const place = placeOf(path, places)
    return place && text.slice(place.from, place.to)
  }
  expect(shown('cohort.quorum')).toBe('"cohort": {"target": 3}')
  expect(shown('model.tensors[0].shape[2]')).toBe('{}')
  expect(shown('model.tensors[7]["a.b"]')).toBe('"tensors": [{}]')
  expect(shown('plan')).toBe(text)
  expect(shown('')).toBe(text)
})

test.each([
  ['', 1, 1, 'the text ends where a value is expected'],
  ['{\n  "a": 1,\n}', 3, 1, 'a comma after the last field is no JSON'],
  ['[1,]', 1, 4, 'a comma after the last entry is no JSON'],
  ['{"a" 1}', 1, 6, "there is “1” where “:” is expected after the field's name"],
  ['{"a": 1 "b": 2}', 1, 9, 'there is “"” where “,” is expected or “}” after a field'],
  ["{'a': 1}", 1, 2, "there is “'” where a field's name in double quotes is expected"],
  ['{"a": True}', 1, 7, 'True is no value: text wants double quotes'],
  ['{"a": 01}', 1, 7, '01 is no value: text wants double quotes'],
  ['{"a": "b', 1, 7, 'this text in quotes never ends'],
  ['{"a": "\\q"}', 1, 7, 'this text in quotes holds an escape that JSON does not know'],
  ['{"a": 1}\n\n x', 3, 2, 'there is “x” after the end of the file'],
  ['{"a": 1, "a": 2}', 1, 10, 'the field a is there twice'],
])('%j is broken at line %d, column %d', (text, line, column, problem) => {
  expect(broken(text)).toEqual({ line, column, problem })
})

test('what is nested without end is refused, not followed', () => {
  expect(broken('['.repeat(100_000))).toMatchObject({ problem: 'this is nested too deeply' })
})
