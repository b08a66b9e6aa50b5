import { describe, expect, test } from 'vitest'
import { dataUnderTest } from '../datasets/data-under-test.ts'
import { loadDataset } from '../datasets/index.ts'
import { nextCharacters, SHAKESPEARE_FILES } from '../datasets/shakespeare.ts'
import { backOffAccuracy } from './back-off.ts'

/** Eight lines train and two test. */
const speaking = (train: string, test: string) => ({
  name: 'plays',
  title: 'Plays',
  licence: 'public domain',
  checksum: '',
  ...nextCharacters(
    [{ name: 'A', play: 'P', lines: [...Array(8).fill(train), ...Array(2).fill(test)] }],
    'plays',
    { context: 4 },
  ),
})

describe('a back-off model', () => {
  test('says what mostly followed the same characters, after an end that it knows', () => {
    // After nothing, of a, b and the end of a line the first in the alphabet: '\n'.
    expect(backOffAccuracy(speaking('ab', 'ab'), 0)).toBe(2 / 6)
    expect(backOffAccuracy(speaking('ab', 'ab'), 1)).toBe(1)
    // c was never seen: what follows it is the commonest of all.
    expect(backOffAccuracy(speaking('ab', 'c'), 1)).toBe(2 / 4)
  })

  test('tells apart by two characters what one leaves open', () => {
    const set = speaking('xayb', 'xayb')
    const mixed = speaking('xaxb', 'xaxb')
    expect(backOffAccuracy(set, 1)).toBe(1)
    expect(backOffAccuracy(mixed, 1)).toBe(8 / 10)
    expect(backOffAccuracy(mixed, 2)).toBe(1)
  })

  test('is none of a set that is no text, or that shows fewer characters', async () => {
    expect(backOffAccuracy(await loadDataset({ name: 'handwriting', writers: 3, seed: 1 }), 3)).toBe(
      undefined,
    )
    expect(backOffAccuracy(speaking('ab', 'ab'), 5)).toBe(undefined)
  })
})

const plays = dataUnderTest(Object.values(SHAKESPEARE_FILES))

test.skipIf(!plays.present)(
  `comes to what was counted elsewhere on Shakespeare’s plays${plays.note}`,
  async () => {
    const set = await loadDataset({ name: 'shakespeare', context: 3 }, { data: plays.folder })
    const found = [0, 1, 2, 3].map((order) => backOffAccuracy(set, order) ?? Number.NaN)
    for (const [order, published] of [0.164, 0.276, 0.393, 0.483].entries())
      expect(Math.abs((found[order] ?? 0) - published)).toBeLessThan(0.001)
  },
  60_000,
)
