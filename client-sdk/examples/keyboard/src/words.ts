/** What the keyboard knows of language: its words, and how many of the last ones it looks at. */
import { encodeText } from '@tributary/client-sdk/data'
import list from './vocabulary.json' with { type: 'json' }

/** Public and the same on every device: it is made of plays, and of nothing that anybody types. */
export const vocabulary = { unit: 'word', unknown: '<unk>', tokens: list } as const

/** Words that a suggestion follows from. */
export const CONTEXT = 3

/** What is typed, as the model takes it: the last words of what is written, without the one that is not finished. */
export const windowOf = (text: string): Float32Array =>
  encodeText(text.slice(0, text.length - unfinished(text).length), { vocabulary, length: CONTEXT })

/** The word that is being typed. */
export const unfinished = (text: string): string => /[\p{L}\p{M}\p{N}'’]*$/u.exec(text)?.[0] ?? ''

/**
 * The likeliest words that begin so, best first.
 * @param probabilities One for each word of the vocabulary.
 */
export const likeliest = (
  probabilities: Float32Array,
  { count, beginning = '' }: { count: number; beginning?: string },
): string[] => {
  const prefix = beginning.toLowerCase().replaceAll('’', "'")
  const fits = (word: string) => word !== vocabulary.unknown && word.startsWith(prefix) && word !== prefix
  return vocabulary.tokens
    .flatMap((word, id) => (fits(word) ? [{ word, p: probabilities[id] ?? 0 }] : []))
    .toSorted((a, b) => b.p - a.p)
    .slice(0, count)
    .map(({ word }) => word)
}

/** With capitals where they belong. */
export const spelled = (word: string, text: string): string =>
  /(^|[.!?]\s+)$/.test(text.slice(0, text.length - unfinished(text).length))
    ? word.charAt(0).toUpperCase() + word.slice(1)
    : word.replace(/^i($|')/, 'I$1')

/** The text with this word in the place of the one that was being typed. */
export const withWord = (text: string, word: string): string =>
  `${text.slice(0, text.length - unfinished(text).length)}${spelled(word, text)} `
