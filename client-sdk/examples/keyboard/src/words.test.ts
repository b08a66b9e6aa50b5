import { expect, test } from 'vitest'
import { likeliest, spelled, unfinished, vocabulary, windowOf, withWord } from './words.ts'

const idOf = (word: string): number => vocabulary.tokens.indexOf(word)
const probable = (shares: Record<string, number>): Float32Array => {
  const all = new Float32Array(vocabulary.tokens.length)
  for (const [word, share] of Object.entries(shares)) all[idOf(word)] = share
  return all
}

test('the model sees the last three finished words', () => {
  expect([...windowOf('I pray you, my lo')]).toEqual([idOf('pray'), idOf('you'), idOf('my')])
  expect([...windowOf('')]).toEqual([1_000, 1_000, 1_000])
})

test('a word that is being typed is completed, and never suggested as it stands', () => {
  const shares = probable({ the: 0.5, lord: 0.2, love: 0.25, long: 0.1 })
  expect(likeliest(shares, { count: 3 })).toEqual(['the', 'love', 'lord'])
  expect(likeliest(shares, { count: 2, beginning: unfinished('my LO') })).toEqual(['love', 'lord'])
  expect(likeliest(shares, { count: 1, beginning: 'love' })).not.toEqual(['love'])
})

test('what stands for all other words is no suggestion', () => {
  expect(likeliest(probable({ '<unk>': 0.9, the: 0.1 }), { count: 1 })).toEqual(['the'])
})

test('a suggestion takes the place of what is being typed, with capitals where they belong', () => {
  expect(withWord('my lo', 'lord')).toBe('my lord ')
  expect(withWord('', 'what')).toBe('What ')
  expect(withWord('Go. ', 'i')).toBe('Go. I ')
  expect(spelled("i'll", 'and ')).toBe("I'll")
  expect(spelled('in', 'and ')).toBe('in')
})
