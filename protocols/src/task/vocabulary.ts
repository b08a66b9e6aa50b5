/** Texts as ids: the same rules wherever a model of text is trained or asked. */
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Digest } from '../ids.ts'
import { digestOf } from '../tensors/digest.ts'

export type Vocabulary = {
  /** Each UTF-16 unit of a text is a token, or each word of `wordsOf`. */
  unit: 'character' | 'word'
  /** A token's id is its place. */
  tokens: readonly string[]
  /** The token that others count as; one of the tokens. Left out, a text with others is an error. */
  unknown?: string
}

/** What stands before a text's first token: the id behind the last token's. */
export const paddingId = ({ tokens }: Pick<Vocabulary, 'tokens'>): number => tokens.length

/** The digest of the vocabulary as JSON: [unit, unknown or null, tokens]. */
export const vocabularyDigest = ({ unit, unknown, tokens }: Vocabulary): Digest =>
  digestOf(utf8ToBytes(JSON.stringify([unit, unknown ?? null, tokens])))

/** A text's words: runs of letters, marks, digits and apostrophes within them, in lower case. */
export const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? []
