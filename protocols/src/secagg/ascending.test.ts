import fc from 'fast-check'
import { expect, test } from 'vitest'
import { including, placeOf } from './ascending.ts'

const ascending = fc.uniqueArray(fc.nat(60), { maxLength: 30 }).map((values) => values.sort((a, b) => a - b))

test('a value is found where it stands, and nowhere else', () => {
  fc.assert(
    fc.property(ascending, fc.nat(60), (list, value) => {
      expect(placeOf(value, list)).toBe(list.indexOf(value))
      const texts = list.map((each) => String(each).padStart(2, '0'))
      expect(placeOf(String(value).padStart(2, '0'), texts)).toBe(list.indexOf(value))
    }),
  )
})

test('a list with one more is ascending, whatever the order they came in; the list itself stays', () => {
  fc.assert(
    fc.property(ascending, fc.nat(60), (list, value) => {
      const before = [...list]
      expect(including(list, value)).toEqual([...new Set([...list, value])].sort((a, b) => a - b))
      expect(list).toEqual(before)
    }),
  )
})
