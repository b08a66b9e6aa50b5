/** `/api/v1/tasks/{task}/models`, `/rollback` and below. */
import * as z from 'zod'
import { EncodedSignature } from '../crypto/encoded.ts'
import { Digest, ModelVersion, RoundId, TaskId } from '../ids.ts'
import { PrivacyClaim } from '../privacy/accounting/claim.ts'
import { CoordinatorView } from './clients.ts'
import { pageOf } from './paging.ts'
import { Timestamp } from './time.ts'

/** Where a version's weights came from. */
export const OriginView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('initial'), seed: z.int().min(0) }),
  z.object({ kind: z.literal('imported'), note: z.string() }),
  z.object({
    kind: z.literal('round'),
    round: RoundId,
    examples: z.int().min(0),
    metrics: z.record(z.string(), z.number()),
    /** (ε, δ) that the task has spent with this version, with all that the two numbers mean nothing without. */
    privacy: z.optional(PrivacyClaim),
    /** What the task's strategy carries on to the next round: numbers, and the file of its vectors. Rolling back and importing leave it behind. */
    state: z
      .object({
        numbers: z.record(z.string(), z.number()),
        vectors: z.object({ digest: Digest, bytes: z.int().min(0) }).optional(),
        /** Where clients keep vectors of their own too: the version from which the strategy has gone on without a break. */
        since: z.optional(ModelVersion),
      })
      .optional(),
  }),
  z.object({ kind: z.literal('rollback'), to: ModelVersion, reason: z.string() }),
])
export type OriginView = z.infer<typeof OriginView>

/** A model version: immutable, content-addressed, with its lineage. */
export const ModelView = z.object({
  task: TaskId,
  version: ModelVersion,
  /** The version before it; null for a task's first. */
  parent: z.nullable(ModelVersion),
  weights: z.object({ digest: Digest, bytes: z.int().min(0) }),
  /** Digest of the `Assignment` it was made under. */
  assignment: Digest,
  origin: OriginView,
  createdAt: Timestamp,
})
export type ModelView = z.infer<typeof ModelView>

/** A version as its coordinator has signed it for clients (K10): all that it takes to check the model where it is deployed. */
export const SignedModelView = z.object({
  ...ModelView.shape,
  signed: z.object({
    coordinator: CoordinatorView,
    assignment: z.object({ digest: Digest, bytes: z.int().min(0) }),
    signature: EncodedSignature,
  }),
})
export type SignedModelView = z.infer<typeof SignedModelView>

export const ModelPage = pageOf(ModelView)
export type ModelPage = z.infer<typeof ModelPage>

/** The `{version}` of a path: a whole number from 1. */
export const VersionParam = z
  .string()
  .regex(/^[1-9][0-9]{0,9}$/, 'a version is a whole number from 1')
  .transform(Number)
  .pipe(ModelVersion)

/** The query of `POST /api/v1/tasks/{task}/models`, whose body is the safetensors file itself. */
export const ImportModelQuery = z.strictObject({ note: z.string().max(500).default('') })
export type ImportModelQuery = z.infer<typeof ImportModelQuery>

/** `POST /api/v1/tasks/{task}/rollback`: makes a new version equal to an old one. */
export const RollbackRequest = z.strictObject({
  version: ModelVersion,
  reason: z.string().max(500).default(''),
})
export type RollbackRequest = z.infer<typeof RollbackRequest>
