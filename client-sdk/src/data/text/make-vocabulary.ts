import { type Vocabulary, wordsOf } from '@tributary/protocols/task'
import { badExamples } from '../dataset.ts'

/**
 * The most frequent words of texts that are nobody's, in order of frequency and then of the alphabet: a task's vocabulary is public and the same for all
 * clients, so it is not made of what they wrote.
 * @param options.size Words at most, the unknown one among them, which is first.
 */
export const wordVocabulary = (
  texts: Iterable<string>,
  { size, unknown = '<unk>' }: { size: number; unknown?: string },
): Vocabulary & { unknown: string } => {
  if (!Number.isInteger(size) || size < 2)
    throw badExamples(`a vocabulary of ${size} words is none`, 'Give `size` as a whole number from 2 on')
  const counts = new Map<string, number>()
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  counts.delete(unknown)
  const words = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([word]) => word)
  return { unit: 'word', unknown, tokens: [unknown, ...words.slice(0, size - 1)] }
}
