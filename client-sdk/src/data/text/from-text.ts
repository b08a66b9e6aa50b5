import { paddingId, type Vocabulary, wordsOf } from '@tributary/protocols/task'
import { type Batch, badExamples, type Dataset, DEFAULT_MAX_EXAMPLES, tooManyExamples } from '../dataset.ts'

export type FromTextOptions = {
  vocabulary: Vocabulary
  /** Tokens that a window shows, 1 to 65,536. */
  length: number
  /** `skip`: windows that an unknown token follows are left out, so that nobody learns to suggest it. Left out, they are kept. */
  unknownNext?: 'keep' | 'skip'
  /** Windows that one iteration may give. Left out, 10 million. */
  maxExamples?: number
}

type Texts = Iterable<string> | AsyncIterable<string>

const ROWS_AT_ONCE = 512

/**
 * Each token of each text once, with the `length` tokens before it: ids in order, and before a text's beginning the id that is no token's. Windows do not
 * reach over texts, so a text is what was written at once: a message, a speech. Texts are an array, of which an iteration sees what was there when it
 * began, or what gives them anew.
 *
 * Its iterations throw TributaryError `bad-examples` for a token outside of a vocabulary without an unknown one, by the number of its text.
 */
export const fromText = (
  texts: readonly string[] | (() => Texts),
  { vocabulary, length, unknownNext = 'keep', maxExamples = DEFAULT_MAX_EXAMPLES }: FromTextOptions,
): Dataset => {
  if (!Number.isInteger(length) || length < 1 || length > 65_536)
    throw badExamples(
      `a window of ${length} tokens is none`,
      'Give `length` as a whole number from 1 to 65536',
    )
  const encode = textEncoder(vocabulary)
  const padding = paddingId(vocabulary)
  const unknown = vocabulary.unknown === undefined ? -1 : vocabulary.tokens.indexOf(vocabulary.unknown)
  return {
    shape: [length],
    async *[Symbol.asyncIterator]() {
      let count = 0
      let number = 0
      for await (const text of typeof texts === 'function' ? texts() : texts.slice()) {
        const ids = encode(text, ++number)
        const next = ids.flatMap((id, at) => (unknownNext === 'skip' && id === unknown ? [] : [at]))
        count += next.length
        if (count > maxExamples) throw tooManyExamples(maxExamples)
        for (let from = 0; from < next.length; from += ROWS_AT_ONCE)
          yield windows(ids, next.slice(from, from + ROWS_AT_ONCE), { length, padding })
      }
    },
  }
}

/** The window that ends with this text, for a prediction of what follows it. @throws TributaryError `bad-examples`. */
export const encodeText = (
  text: string,
  { vocabulary, length }: Pick<FromTextOptions, 'vocabulary' | 'length'>,
): Float32Array => {
  const ids = textEncoder(vocabulary)(text, 1)
  const { inputs } = windows(ids, [ids.length], { length, padding: paddingId(vocabulary) })
  return inputs
}

/** Rows for these places: what stands there is asked for, and what stands before it is shown. */
const windows = (
  ids: readonly number[],
  places: readonly number[],
  { length, padding }: { length: number; padding: number },
): Batch => {
  const inputs = new Float32Array(places.length * length).fill(padding)
  const targets = new Int32Array(places.length)
  for (const [row, place] of places.entries()) {
    targets[row] = ids[place] ?? padding
    const shown = Math.min(length, place)
    for (let i = 1; i <= shown; i++) inputs[(row + 1) * length - i] = ids[place - i] ?? padding
  }
  return { inputs, targets, rows: places.length }
}

/** @throws TributaryError `bad-examples` for a vocabulary that is none. */
const textEncoder = ({ unit, tokens, unknown }: Vocabulary) => {
  const idOf = new Map(tokens.map((token, id) => [token, id]))
  if (idOf.size !== tokens.length || tokens.length === 0)
    throw badExamples(
      `the vocabulary’s ${tokens.length} tokens are ${idOf.size} different ones`,
      'Give each token once, and one at least',
    )
  const other = unknown === undefined ? undefined : idOf.get(unknown)
  if (unknown !== undefined && other === undefined)
    throw badExamples('the vocabulary’s unknown token is none of its tokens', 'Give it among `tokens`')
  return (text: string, number: number): number[] => {
    const found = unit === 'word' ? wordsOf(text) : text.split('')
    return found.map((token, at) => {
      const id = idOf.get(token) ?? other
      if (id === undefined)
        throw badExamples(
          `${unit} ${at + 1} of text ${number} is not in the vocabulary`,
          'Give the vocabulary an `unknown` token that others count as',
        )
      return id
    })
  }
}
