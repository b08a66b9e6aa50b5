import * as z from 'zod'
import type { Attack } from './attack.ts'
import { Boost, boosted, ServerLearningRate } from './boost.ts'

/** Model replacement: sends its own update so many times that the mean becomes it (see `boosted`). */
export const ModelReplacementSpec = z.strictObject({
  kind: z.literal('model-replacement'),
  boost: Boost.default('full'),
  serverLearningRate: ServerLearningRate,
})

export const modelReplacement = ({ kind, ...how }: z.infer<typeof ModelReplacementSpec>): Attack => ({
  kind,
  sees: 'own',
  sends: 'its own',
  remembers: 0,
  craft: ({ own, share }) => boosted(own, { ...how, share }),
})
