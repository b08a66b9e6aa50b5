/** How good a model's suggestions are, on lines that no client has trained on. */
import type { Predictor, TrainingModel } from '@tributary/client-sdk'
import { type Dataset, fromText } from '@tributary/client-sdk/data'
import { CONTEXT, likeliest, vocabulary, windowOf } from './words.ts'

/** Shares of the words that follow: which are the first suggestion, and which among the three. */
export type Accuracy = { top1: number; top3: number }

/** What a line is cut into: each of its words that the vocabulary has, with those before it. */
export const examplesOf = (lines: Parameters<typeof fromText>[0]): Dataset =>
  fromText(lines, { vocabulary, length: CONTEXT, unknownNext: 'skip' })

type Asked = { trainer: Predictor<Float32Array, Float32Array>; model: TrainingModel }

export const accuracyOf = async (
  { trainer, model }: Asked,
  lines: readonly string[],
): Promise<Accuracy & { examples: number }> => {
  let [examples, first, among] = [0, 0, 0]
  for await (const { inputs, targets, rows } of examplesOf(lines)) {
    const outputs = await trainer.predict(model, inputs)
    for (let row = 0; row < rows; row++) {
      const place = placeOf(outputs.subarray(row * WORDS, (row + 1) * WORDS), targets[row] ?? 0)
      if (place === 0) first++
      if (place < 3) among++
    }
    examples += rows
  }
  return { examples, top1: first / Math.max(1, examples), top3: among / Math.max(1, examples) }
}

/** Always suggesting the three commonest words, which needs no model. */
export const baselineOf = async (
  training: readonly string[],
  lines: readonly string[],
): Promise<Accuracy & { words: string[] }> => {
  const counts = new Float32Array(WORDS)
  for await (const { targets } of examplesOf(training))
    for (const word of targets) counts[word] = (counts[word] ?? 0) + 1
  const words = likeliest(counts, { count: 3 })
  let [examples, first, among] = [0, 0, 0]
  for await (const { targets } of examplesOf(lines))
    for (const word of targets) {
      const place = words.indexOf(vocabulary.tokens[word] ?? '')
      examples++
      if (place === 0) first++
      if (place >= 0) among++
    }
  return { words, top1: first / Math.max(1, examples), top3: among / Math.max(1, examples) }
}

/** Beginnings of sentences, and what the model would suggest after each. */
export const PROMPTS = ['I pray', 'my good', 'what is', 'let us'] as const

export const saidAfterPrompts = async ({ trainer, model }: Asked): Promise<string[][]> => {
  const said: string[][] = []
  for (const prompt of PROMPTS)
    said.push(likeliest(await trainer.predict(model, windowOf(`${prompt} `)), { count: 3 }))
  return said
}

const WORDS = vocabulary.tokens.length

/** Words that are likelier than this one; the unknown one is never suggested. */
const placeOf = (probabilities: Float32Array, word: number): number => {
  const own = probabilities[word] ?? 0
  let above = 0
  for (let id = 1; id < WORDS; id++) if ((probabilities[id] ?? 0) > own) above++
  return above
}
