import * as z from 'zod/mini'
import { MAX_ELEMENTS, TensorManifest, TensorSpec, totalElements } from '../tensors/index.ts'

/**
 * How a tensor begins when the coordinator makes the first version itself.
 * `glorot-uniform`: Glorot and Bengio 2010. `he-normal`: He et al. 2015. Fans are those of Keras:
 * the last two axes, times the product of the axes before them. `unit-forget-bias`: of an LSTM's bias, 1 for the forget gates, the second
 * quarter, and 0 for the others (Jozefowicz et al. 2015).
 */
export const Initializer = z.enum(['zeros', 'ones', 'glorot-uniform', 'he-normal', 'unit-forget-bias'])
export type Initializer = z.infer<typeof Initializer>

/** Weights and deltas are float32; other element types belong to stages of an update. */
export const ModelTensor = z.strictObject({
  ...TensorSpec.shape,
  dtype: z.literal('F32', 'a model’s tensors are F32'),
  initializer: z._default(Initializer, 'zeros'),
})
export type ModelTensor = z.infer<typeof ModelTensor>

const tensors = z.array(ModelTensor).check(
  z.minLength(1),
  z.maxLength(4_096),
  z.superRefine((list, context) => {
    const specs = list.map(({ initializer: _, ...spec }) => spec)
    for (const { code, message, path } of TensorManifest.safeParse(specs).error?.issues ?? [])
      if (code === 'custom' && (typeof path[0] !== 'number' || TensorSpec.safeParse(specs[path[0]]).success))
        context.addIssue({ code, message, path: [...path] }) // what is wrong with one tensor alone is told above
    for (const [i, { initializer, shape }] of list.entries())
      if (initializer === 'unit-forget-bias' && (shape.length !== 1 || (shape[0] ?? 0) % 4 !== 0))
        context.addIssue({
          code: 'custom',
          message: 'unit-forget-bias is of an LSTM’s bias, [4 × units]: choose zeros',
          path: [i, 'initializer'],
        })
  }),
)

/** Drawing takes the coordinator about 0.1 s a million. */
const MAX_SEEDED_ELEMENTS = 2 ** 26

const initial = z.discriminatedUnion('kind', [
  /** The coordinator draws version 1 from the tensors' initializers. */
  z.strictObject({
    kind: z.literal('seeded'),
    seed: z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER)),
  }),
  /** Rounds wait until weights have been imported. */
  z.strictObject({ kind: z.literal('import') }),
])

const TfjsLayersModel = z.strictObject({
  format: z.literal('tfjs-layers'),
  /** What `model.toJSON()` gives: the topology tfjs rebuilds the model from. */
  topology: z.record(z.string(), z.json()),
  tensors,
  initial,
})

const CustomModel = z.strictObject({
  format: z.literal('custom'),
  /** The name under which the app's own trainer is known to it. */
  trainer: z.string().check(z.minLength(1), z.maxLength(128)),
  config: z._default(z.json(), null),
  tensors,
  initial,
})

type Seedable = Pick<z.infer<typeof CustomModel>, 'initial' | 'tensors'>

const seedable = z.refine<Seedable>(
  ({ initial, tensors }) =>
    initial.kind !== 'seeded' ||
    totalElements(tensors) <= MAX_SEEDED_ELEMENTS ||
    totalElements(tensors) > MAX_ELEMENTS,
  {
    path: ['initial'],
    message: `at most ${MAX_SEEDED_ELEMENTS} parameters are drawn from a seed: choose import, and import the weights`,
  },
)

/** What every model has; `ModelSpec` is the schema that says more. */
export const modelParts = { TfjsLayersModel, CustomModel, seedable }

/** A model of which nothing is frozen, and nothing said of what it learns from. All that it takes, `ModelSpec` takes as the same. */
export const PlainModel = z.discriminatedUnion('format', [TfjsLayersModel, CustomModel]).check(seedable)

/** The manifest that weights and deltas of this model must have. */
export const manifestOf = (model: { tensors: readonly ModelTensor[] }): TensorManifest =>
  TensorManifest.parse(model.tensors.map(({ initializer: _, ...spec }) => spec))
