import type { Vocabulary } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../dataset.builders.ts'
import { encodeText, fromText } from './from-text.ts'
import { wordVocabulary } from './make-vocabulary.ts'

const letters: Vocabulary = { unit: 'character', tokens: ['a', 'b', ' '], unknown: ' ' }
const words: Vocabulary = { unit: 'word', tokens: ['<unk>', 'the', 'sea'], unknown: '<unk>' }

describe('a text', () => {
  test('is a window a token, with what stands before it, and no window over two texts', async () => {
    expect(await rowsOf(fromText(['ab?', 'b'], { vocabulary: letters, length: 2 }))).toEqual([
      [3, 3, 0],
      [3, 0, 1],
      [0, 1, 2],
      [3, 3, 1],
    ])
    expect([...encodeText('aab', { vocabulary: letters, length: 2 })]).toEqual([0, 1])
    expect([...encodeText('', { vocabulary: letters, length: 2 })]).toEqual([3, 3])
  })

  test('of words may leave out what an unknown word follows', async () => {
    const options = { vocabulary: words, length: 1, unknownNext: 'skip' as const }
    expect(await rowsOf(fromText(['The wide SEA, the'], options))).toEqual([
      [3, 1],
      [0, 2],
      [2, 1],
    ])
  })

  test('longer than a batch is given in several, and of texts that grow those there at its start', async () => {
    const texts = ['ab'.repeat(700)]
    const dataset = fromText(texts, { vocabulary: letters, length: 1 })
    const sizes: number[] = []
    for await (const { rows } of dataset) {
      sizes.push(rows)
      texts.push('b')
    }
    expect(sizes).toEqual([512, 512, 376])
    expect(await rowsOf(dataset)).toHaveLength(1_403)
  })

  test.each<[string, Parameters<typeof fromText>[1], RegExp]>([
    [
      'a token outside of the vocabulary',
      { vocabulary: { ...letters, unknown: undefined as never }, length: 2 },
      /character 3 of text 1 is not in/,
    ],
    ['a window of nothing', { vocabulary: letters, length: 0 }, /a window of 0 tokens/],
    [
      'an unknown token that is none',
      { vocabulary: { ...letters, unknown: 'x' }, length: 1 },
      /none of its tokens/,
    ],
    [
      'a token twice',
      { vocabulary: { ...letters, tokens: ['a', 'a'] }, length: 1 },
      /2 tokens are 1 different/,
    ],
    [
      'more windows than are allowed',
      { vocabulary: letters, length: 1, maxExamples: 2 },
      /more than 2 examples/,
    ],
  ])('with %s is refused', async (_, options, message) => {
    await expect((async () => rowsOf(fromText(['abc'], options)))()).rejects.toMatchObject({
      code: 'bad-examples',
      message: expect.stringMatching(message),
    })
  })
})

test('a vocabulary of words is the most frequent ones, the unknown one first', () => {
  expect(wordVocabulary(['the sea, the sky', 'a sea'], { size: 4 })).toEqual({
    unit: 'word',
    unknown: '<unk>',
    tokens: ['<unk>', 'sea', 'the', 'a'],
  })
  expect(() => wordVocabulary([], { size: 1 })).toThrow(/from 2 on/)
})
