import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storedText, textOf } from './stored-text.ts'

const awkward = fc.string({ unit: fc.constantFrom('\u0000', '\u001a', '0', '1', 'a', '\\') })

test('any text comes back as it was, and none holds what the server refuses', () => {
  fc.assert(
    fc.property(fc.oneof(awkward, fc.string({ unit: 'binary' })), (text) => {
      expect(storedText(text).includes('\u0000')).toBe(false)
      expect(textOf(storedText(text))).toBe(text)
    }),
  )
})

test('JSON stays as it is, byte for byte', () => {
  fc.assert(
    fc.property(fc.json(), awkward, (json, text) => {
      for (const each of [json, JSON.stringify({ [text]: text })]) expect(storedText(each)).toBe(each)
    }),
  )
})
