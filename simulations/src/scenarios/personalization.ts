import { Personalization } from '@tributary/protocols/task'
import * as z from 'zod'

/** The simplest way to a model of one's own, and what the others are held against: the shared one, trained on by each client. In simulation alone. */
const FineTune = z.strictObject({
  kind: z.literal('fine-tune'),
  /** Layers that are trained on; `last` is the last one. Left out, all. */
  layers: z.array(z.string().min(1)).min(1).optional(),
  epochs: z.int().min(1).max(10_000),
  /** Left out, the plan's. */
  learningRate: z.number().positive().max(1_000).optional(),
})
export type FineTune = z.infer<typeof FineTune>

/** What a task may have clients do, and what only an evaluation does. */
export const ScenarioPersonalization = z.discriminatedUnion('kind', [
  ...Personalization.def.options,
  FineTune,
])
export type ScenarioPersonalization = z.infer<typeof ScenarioPersonalization>

/** What of it the task says to clients. */
export const taskPart = (
  personalization: ScenarioPersonalization | undefined,
): Personalization | undefined => (personalization?.kind === 'fine-tune' ? undefined : personalization)
