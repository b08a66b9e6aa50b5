import { utf8ToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import { ClientStrategy, clientStrategyOf } from './client-strategy.ts'
import { Compression } from './compression.ts'
import { ModelSpec } from './model.ts'
import { Personalization } from './personalization.ts'
import { Plan } from './plan.ts'
import { PrivacySpec } from './privacy.ts'
import { Refining } from './refining.ts'
import { refiningOf } from './strategy.ts'
import type { TaskFile } from './task-file.ts'

/**
 * What a client needs to know of a task beside its weights. It is stored and sent as immutable,
 * content-addressed JSON; its digest is the *plan digest* of a model version's lineage.
 */
export const Assignment = z.strictObject({
  model: ModelSpec,
  plan: Plan,
  /** What clients do to protect their update; left out, they seal it and no more. */
  privacy: z.optional(PrivacySpec),
  /** Where rounds follow in which clients send again what they trained. */
  refining: z.optional(Refining),
  /** What the strategy asks of them beyond the plan; left out, nothing. */
  strategy: z.optional(ClientStrategy),
  /** How they make their update smaller; left out, not at all. */
  compression: z.optional(Compression),
  /** What of the model is each client's own; left out, nothing. */
  personalization: z.optional(Personalization),
})
export type Assignment = z.infer<typeof Assignment>

/** What clients are told of a task. */
export const assignmentOf = ({
  model,
  plan,
  privacy,
  strategy,
  compression,
  personalization,
}: Pick<
  TaskFile,
  'model' | 'plan' | 'privacy' | 'strategy' | 'compression' | 'personalization'
>): Assignment => {
  const isPlain = privacy.mode === 'sealed' && (privacy.differentialPrivacy?.mechanism ?? 'none') === 'none'
  const refining = refiningOf(strategy)
  const asked = clientStrategyOf({ strategy, privacy })
  return {
    model,
    plan,
    ...(isPlain ? {} : { privacy }),
    ...(refining && { refining }),
    ...(asked && { strategy: asked }),
    ...(compression && { compression }),
    ...(personalization && { personalization }),
  }
}

/** The bytes that are addressed: keys in the schema's order, so equal assignments have equal digests. */
export const encodeAssignment = (assignment: Assignment): Uint8Array =>
  utf8ToBytes(JSON.stringify(Assignment.parse(assignment)))

/** Reads what `encodeAssignment` wrote. Throws a `ZodError` or `SyntaxError` for anything else. */
export const decodeAssignment = (bytes: Uint8Array): Assignment =>
  Assignment.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
