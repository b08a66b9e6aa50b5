/** What a task learns from, and what it learns to tell: in the app's own columns, before they are numbers. */
import * as z from 'zod/mini'
import { Digest } from '../ids.ts'
import { unreachable } from '../unreachable.ts'

/** Limits that real tasks stay below, and that keep a hostile signature from costing memory. */
const MAX_FEATURES = 4_096
const MAX_WORDS = 16_384
const MAX_WIDTH = 1_048_576

const name = z.string().check(z.minLength(1), z.maxLength(128))
const unit = z.optional(z.string().check(z.minLength(1), z.maxLength(64)))
const words = z.array(z.string().check(z.maxLength(256))).check(
  z.minLength(1),
  z.maxLength(MAX_WORDS),
  z.refine((list) => new Set(list).size === list.length, 'a word stands here twice'),
)

/** Both ends included. */
const Range = z
  .strictObject({ min: z.number(), max: z.number() })
  .check(z.refine(({ min, max }) => min <= max, { path: ['max'], message: 'max must not be below min' }))

/** A list of tokens, known by the digest that `vocabularyDigest` takes: ids 0 to `size` − 1 are tokens, `size` stands before a text. */
const VocabularyRef = z.strictObject({
  size: z.int().check(z.minimum(1), z.maximum(MAX_WIDTH)),
  digest: Digest,
})

/** The model is given (value − mean) / deviation; left out, the value. The same for all clients, so that they learn one model. */
const standard = z.optional(z.strictObject({ mean: z.number(), deviation: z.number().check(z.positive()) }))

const NumberFeature = z.strictObject({
  name,
  kind: z.literal('number'),
  unit,
  /** Of the value as the app has it. */
  range: z.optional(Range),
  standard,
  /** What a missing value counts as; left out, an example without the value is an error. */
  missing: z.optional(z.number()),
})

const CategoryFeature = z
  .strictObject({
    name,
    kind: z.literal('category'),
    categories: words,
    /** `one-hot`: a value a category, one of them 1; `index`: one value, the category's place. Left out, `one-hot`. */
    encoding: z.optional(z.enum(['one-hot', 'index'])),
    /** The category that a missing value counts as; left out, an example without the value is an error. */
    missing: z.optional(z.string().check(z.maxLength(256))),
  })
  .check(
    z.refine(({ missing, categories }) => missing === undefined || categories.includes(missing), {
      path: ['missing'],
      message: 'what a missing value counts as has to be one of the categories',
    }),
  )

/** Values from 0 to 1, row-major: rows, columns, channels. */
const ImageFeature = z.strictObject({
  name,
  kind: z.literal('image'),
  /** Height, width, and 1 (grey) or 3 (red, green, blue) channels. */
  shape: z.tuple([
    z.int().check(z.minimum(1), z.maximum(4_096)),
    z.int().check(z.minimum(1), z.maximum(4_096)),
    z.union([z.literal(1), z.literal(3)]),
  ]),
})

/** A window on a text, as ids of its vocabulary. */
const TextFeature = z.strictObject({
  name,
  kind: z.literal('text'),
  /** Tokens that a window shows. */
  length: z.int().check(z.minimum(1), z.maximum(65_536)),
  vocabulary: VocabularyRef,
})

export const Feature = z.discriminatedUnion('kind', [
  NumberFeature,
  CategoryFeature,
  ImageFeature,
  TextFeature,
])
export type Feature = z.infer<typeof Feature>

export const Labels = z.discriminatedUnion('kind', [
  z
    .strictObject({
      name,
      kind: z.literal('classes'),
      classes: words,
      /** `class`: one output a class; `binary`: two classes by one output, near 0 or near 1. Left out, `class`. */
      encoding: z.optional(z.enum(['class', 'binary'])),
    })
    .check(
      z.refine(({ encoding, classes }) => encoding !== 'binary' || classes.length === 2, {
        path: ['classes'],
        message: 'one output tells two classes apart, no more and no fewer',
      }),
    ),
  z.strictObject({
    name,
    kind: z.literal('number'),
    unit,
    range: z.optional(Range),
    standard,
  }),
  /** The token that follows a window. */
  z.strictObject({ name, kind: z.literal('next-token'), vocabulary: VocabularyRef }),
])
export type Labels = z.infer<typeof Labels>

/** `features` in the order in which the model takes them. A feature's values stand side by side. */
export const Signature = z
  .strictObject({
    features: z.array(Feature).check(
      z.minLength(1),
      z.maxLength(MAX_FEATURES),
      z.superRefine((features, issues) => {
        const seen = new Set<string>()
        for (const [at, feature] of features.entries()) {
          if (seen.has(feature.name))
            issues.addIssue({
              code: 'custom',
              path: [at, 'name'],
              message: `two features are called ${feature.name}`,
            })
          seen.add(feature.name)
        }
        if (inputWidth(features) > MAX_WIDTH)
          issues.addIssue({ code: 'custom', message: `the features are more than ${MAX_WIDTH} values` })
        if (features.length > 1)
          for (const [at, { kind }] of features.entries())
            if (kind === 'image' || kind === 'text')
              issues.addIssue({
                code: 'custom',
                path: [at, 'kind'],
                message: `a feature of kind ${kind} is the only one of its task`,
              })
      }),
    ),
    labels: Labels,
  })
  .check(
    z.refine(({ features, labels }) => features.every((feature) => feature.name !== labels.name), {
      path: ['labels', 'name'],
      message: 'what is learned is not one of the features',
    }),
  )
export type Signature = z.infer<typeof Signature>

/** Values of the model's input that this feature takes. */
export const featureWidth = (feature: Feature): number => {
  switch (feature.kind) {
    case 'number':
      return 1
    case 'category':
      return feature.encoding === 'index' ? 1 : feature.categories.length
    case 'image':
      return feature.shape.reduce((a, b) => a * b, 1)
    case 'text':
      return feature.length
    default:
      return unreachable(feature)
  }
}

/** Values of one example's input. */
export const inputWidth = (features: readonly Feature[]): number =>
  features.reduce((sum, feature) => sum + featureWidth(feature), 0)

/** Of one example, without the batch's axis: an image's rows, columns and channels; of all else the number of values. */
export const inputShapeOf = ({ features }: Signature): readonly number[] => {
  const [first] = features
  return first?.kind === 'image' ? first.shape : [inputWidth(features)]
}

/** Outputs that a model needs to tell these labels. */
export const outputWidth = (labels: Labels): number => {
  switch (labels.kind) {
    case 'classes':
      return labels.encoding === 'binary' ? 1 : labels.classes.length
    case 'number':
      return 1
    case 'next-token':
      return labels.vocabulary.size
    default:
      return unreachable(labels)
  }
}
