/** The models that read text, and which data they go with. */
import { unreachable } from '@tributary/protocols'
import type { Mistake } from '@tributary/protocols/rest'
import type { ModelSpec } from '@tributary/protocols/task'
import * as z from 'zod'
import type { DatasetSpec } from '../datasets/index.ts'
import { characterLstm, characterPerceptron, logBilinear, type Text } from '../models/text-models.ts'

const embed = z.int().min(1).max(1_000).default(8)
const units = z.int().min(1).max(10_000)

export const TextModelChoice = z.discriminatedUnion('kind', [
  /** Vectors of `embed` values for the characters shown, side by side, then fully connected relu layers. */
  z.strictObject({
    kind: z.literal('embedding'),
    embed,
    hidden: z.array(units).min(1).max(8).default([256]),
  }),
  /** LSTM layers upon them, one upon the other; McMahan et al. 2017 have `units: [256, 256]`. */
  z.strictObject({
    kind: z.literal('lstm'),
    embed,
    units: z.array(z.int().min(1).max(2_000)).min(1).max(4),
  }),
])
type TextModelChoice = z.infer<typeof TextModelChoice>
/** A linear model takes everything. */
type Reader = TextModelChoice | { kind: 'linear' }

const TEXTS: ReadonlySet<string> = new Set<DatasetSpec['name']>(['shakespeare', 'tiny-shakespeare'])
const TEXT_MODELS = TextModelChoice.options.map(({ shape }) => shape.kind.value)

export const isText = ({ name }: DatasetSpec): boolean => TEXTS.has(name)

export const readsText = (model: Reader | { kind: string }): model is Reader =>
  model.kind === 'linear' || TEXT_MODELS.some((kind) => kind === model.kind)

export const textModel = (model: Reader, text: Text, seed: number): ModelSpec => {
  switch (model.kind) {
    case 'linear':
      return logBilinear(text, seed)
    case 'embedding':
      return characterPerceptron(text, model, seed)
    case 'lstm':
      return characterLstm(text, model, seed)
    default:
      return unreachable(model)
  }
}

/** A text with a model that reads none, or the other way round: known before a row is read. */
export const misfitOf = (
  dataset: { name: string; isText: boolean },
  model: { kind: string },
): Mistake | undefined => {
  if (model.kind === 'linear' || dataset.isText === readsText(model)) return undefined
  return {
    path: 'model.kind',
    message: dataset.isText
      ? `${model.kind} does not read text, and ${dataset.name} is text: choose ${TEXT_MODELS.join(', ')} or linear, or a set of images or tables`
      : `${model.kind} reads text, and ${dataset.name} is none: choose dense or linear, or the set shakespeare or tiny-shakespeare`,
  }
}
