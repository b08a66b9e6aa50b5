import { TensorManifest, type TensorSpec } from '../tensors/index.ts'
import { type ModelSpec, manifestOf } from './model.ts'
import type { PrivacySpec } from './privacy.ts'

/** The scalar behind the delta of a sealed update whose round's norm follows the clients: 1 where the delta was within it, else 0. */
export const WITHIN_TENSOR = 'tributary.within'

/** Whether sealed updates of a task say if their delta was within the round's norm. */
export const hasSealedVote = (privacy: PrivacySpec | undefined): boolean => {
  const noise = privacy?.mode === 'sealed' ? privacy.differentialPrivacy : undefined
  return noise?.mechanism === 'central' && noise.clipping.kind === 'adaptive'
}

/** Whether a model leaves a tensor and its name for the vote. */
export const hasRoomForVote = (model: ModelSpec): boolean =>
  TensorManifest.safeParse([...manifestOf(model), WITHIN]).success

/**
 * The tensors of a sealed update: those of the model, and behind them the client's vote where it has one.
 * @throws ZodError for a model that leaves no room for it.
 */
export const updateManifestOf = ({
  model,
  privacy,
}: {
  model: ModelSpec
  privacy?: PrivacySpec | undefined
}): TensorManifest =>
  hasSealedVote(privacy) ? TensorManifest.parse([...manifestOf(model), WITHIN]) : manifestOf(model)

const WITHIN: TensorSpec = { name: WITHIN_TENSOR, shape: [], dtype: 'F32' }
