import { TensorManifest, type TensorSpec } from '../tensors/index.ts'
import type { ModelSpec } from './model.ts'
import { manifestOf } from './plain-model.ts'
import type { PrivacySpec } from './privacy.ts'

/** The scalar behind the delta of a sealed update whose round's norm follows the clients: 1 where the delta was within it, else 0. */
export const WITHIN_TENSOR = 'tributary.within'

/** Behind the delta of a sealed SCAFFOLD update, for each tensor of the model: by how much the client's control variate has changed. */
export const CONTROL_PREFIX = 'control.'

/** Whether sealed updates of a task say if their delta was within the round's norm. */
export const hasSealedVote = (privacy: PrivacySpec | undefined): boolean => {
  const noise = privacy?.mode === 'sealed' ? privacy.differentialPrivacy : undefined
  return noise?.mechanism === 'central' && noise.clipping.kind === 'adaptive'
}

/** Whether a model leaves a tensor and its name for the vote. */
export const hasRoomForVote = (model: ModelSpec): boolean =>
  TensorManifest.safeParse([...manifestOf(model), WITHIN]).success

/** Whether a model leaves tensors and their names for the change of a control variate. */
export const hasRoomForControl = (model: ModelSpec): boolean =>
  TensorManifest.safeParse(withControl(manifestOf(model))).success

/**
 * The tensors of a sealed update: those of the model, and behind them as many for the change of a control variate where the
 * strategy has one, and the client's vote where it has one.
 * @throws ZodError for a model that leaves no room for them.
 */
export const updateManifestOf = ({
  model,
  privacy,
  strategy,
}: {
  model: ModelSpec
  privacy?: PrivacySpec | undefined
  strategy?: { name: string } | undefined
}): TensorManifest => {
  const delta = manifestOf(model)
  const votes = hasSealedVote(privacy)
  if (!votes && strategy?.name !== 'scaffold') return delta
  return TensorManifest.parse([
    ...(strategy?.name === 'scaffold' ? withControl(delta) : delta),
    ...(votes ? [WITHIN] : []),
  ])
}

const withControl = (delta: TensorManifest): TensorSpec[] => [
  ...delta,
  ...delta.map((tensor) => ({ ...tensor, name: `${CONTROL_PREFIX}${tensor.name}` })),
]

const WITHIN: TensorSpec = { name: WITHIN_TENSOR, shape: [], dtype: 'F32' }
