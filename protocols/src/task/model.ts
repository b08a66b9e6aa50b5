import * as z from 'zod/mini'
import { FrozenPart, frozenMistakes } from './frozen.ts'
import { modelParts } from './plain-model.ts'
import { Signature } from './signature.ts'

const { TfjsLayersModel, CustomModel, seedable } = modelParts

const beside = {
  /** Tensors that nobody trains; left out, there are none. */
  frozen: z.optional(FrozenPart),
  /** What it learns from, in the app's own columns; left out, nothing is said of them. */
  signature: z.optional(Signature),
}

/**
 * The model of a task. `tensors` are what is trained and travels. Their order is the order of the flat weight vector.
 * The coordinator reads nothing but the tensors; `topology` and `config` are for the client's trainer.
 */
export const ModelSpec = z
  .discriminatedUnion('format', [
    z.strictObject({ ...TfjsLayersModel.shape, ...beside }),
    z.strictObject({ ...CustomModel.shape, ...beside }),
  ])
  .check(
    seedable,
    z.superRefine((model, context) => {
      for (const { path, message } of frozenMistakes(model))
        context.addIssue({ code: 'custom', path, message })
    }),
  )
export type ModelSpec = z.infer<typeof ModelSpec>
